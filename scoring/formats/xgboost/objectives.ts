import type { Link, Output } from '../../ir.ts';
import { malformed, refuse, shown } from '../../refusals.ts';

type Objective = { kind: Output['kind']; link: Link; base: 'logit' | 'log' | 'itself' };

const probability: Objective = { kind: 'regression', link: 'logistic', base: 'logit' };
const positive: Objective = { kind: 'regression', link: 'exp', base: 'log' };
const plain: Objective = { kind: 'regression', link: 'identity', base: 'itself' };
const classes: Objective = { kind: 'multinomial', link: 'softmax', base: 'itself' };

/** Every objective that is scored, and how its margin becomes an answer. */
const objectives = new Map<string, Objective>([
  ['binary:logistic', { ...probability, kind: 'binomial' }],
  ['binary:hinge', { ...plain, kind: 'binomial', link: 'step' }],
  // Its answer is the score before the link, as in the library.
  ['binary:logitraw', { ...plain, base: 'logit' }],
  ['multi:softprob', classes],
  ['multi:softmax', classes],
  ['reg:logistic', probability],
  ['count:poisson', positive],
  ['reg:gamma', positive],
  ['reg:tweedie', positive],
  ['survival:cox', positive],
  ['survival:aft', positive],
  ['rank:pairwise', plain],
  ['rank:ndcg', plain],
  ['rank:map', plain],
  ['reg:squarederror', plain],
  ['reg:linear', plain],
  ['reg:absoluteerror', plain],
  ['reg:quantileerror', plain],
  ['reg:expectileerror', plain],
  ['reg:pseudohubererror', plain],
  ['reg:squaredlogerror', plain],
]);

export function objectiveOf(name: string): Objective {
  const objective = objectives.get(name);
  if (objective) return objective;
  throw refuse(
    'unsupported_model',
    `The XGBoost objective ${shown(name)} is not supported.`,
    'Train with one of the built-in objectives, such as binary:logistic, multi:softprob or reg:squarederror.',
    'learner.objective.name',
  );
}

const f = Math.fround;

/** The base score as a margin, in the library's own single-precision steps. */
export function baseMargin(score: number, { base }: Objective): number {
  const p = f(score);
  if (base === 'itself') return p;
  const margin = base === 'log' ? f(Math.log(p)) : f(-f(Math.log(f(f(1 / p) - 1))));
  if (Number.isFinite(margin)) return margin;
  throw malformed('The base score does not fit the objective.', 'learner.learner_model_param.base_score');
}
