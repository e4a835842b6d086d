/** TreeEnsembleClassifier, with the rules of ONNX Runtime where the definition is silent. */
import type { Link } from '../../../ir.ts';
import { malformed } from '../../../refusals.ts';
import { branchesOf } from '../branches.ts';
import type { Call, Lower } from '../call.ts';
import { modes } from '../trees.ts';
import type { Value } from '../value.ts';
import { baseOf, checkPrecision, type Plan, plainIf, summed } from './ensembles.ts';
import {
  ambiguous,
  both,
  classesOf,
  classified,
  type Transform,
  transformed,
  transformOf,
} from './scores.ts';

const posts: { readonly [transform in Transform]: Link | null } = {
  NONE: 'identity',
  LOGISTIC: 'logistic',
  SOFTMAX: 'softmax',
  SOFTMAX_ZERO: null,
  PROBIT: null,
};

export const classifier: Lower = (call) => {
  const { node } = call;
  const classes = classesOf(node, 'classlabels_int64s');
  checkPrecision(call, 'class');
  const branches = branchesOf(node, 'class');
  const plan: Plan = { branches, outputs: classes.length, base: baseOf(node), aggregate: 'SUM' };
  const used = new Set(branches.target);
  if (classes.length === 2 && used.size <= 1) return fromOneScore(call, classes, plan, used.has(1));
  return fromScores(call, classes, plan);
};

/** Two classes and one score: of the second class, or with both signs. */
function fromOneScore(call: Call, classes: string[], plan: Plan, ofSecond: boolean): Value[] {
  const { node, graph } = call;
  const transform = transformOf(node);
  const { target, weight } = plan.branches;
  if (plan.base.length > (ofSecond ? 0 : 1)) throw ambiguous('one score and other base values', node);
  if (transform === 'PROBIT' || (ofSecond && transform === 'SOFTMAX_ZERO'))
    throw ambiguous('a transformation that one score cannot have', node);
  const branches = { ...plan.branches, target: new Int32Array(target.length) };
  const { scores, ensemble } = summed(call, { ...plan, branches, outputs: 1 });
  if (transform === 'LOGISTIC' || (ofSecond && transform === 'SOFTMAX')) {
    const probability = graph.make('logistic', 'single', [1, 1], { inputs: [scores] });
    const told = { classes, raw: false, apart: false, ensemble: plainIf(ensemble, 'logistic') };
    return classified(both(graph, probability, 'rest'), told);
  }
  // The library takes scores without a negative weight for probabilities, and others for distances.
  const raw = weight.some((value) => value < 0);
  const told = { classes, raw, apart: false, ensemble: plainIf(ensemble, raw ? 'step' : 'identity') };
  return classified(both(graph, scores, raw ? 'opposite' : 'rest'), told);
}

function fromScores(call: Call, classes: string[], plan: Plan): Value[] {
  const { node, graph } = call;
  const outputs = classes.length;
  const { base } = plan;
  if (base.length !== 0 && base.length !== outputs)
    throw malformed('The base values do not fit the classes.', node.at);
  if (outputs === 2 && base.length > 0) throw ambiguous('two scores and base values', node);
  const transform = transformOf(node);
  const shares = transform === 'NONE' && areShares(plan);
  if (shares && outputs === 2) return fromOneScore(call, classes, secondOnly(plan), true);
  const { scores, ensemble } = summed(call, plan);
  return classified(transformed(graph, scores, transform), {
    classes,
    raw: transform === 'PROBIT' || (transform === 'NONE' && !shares),
    apart: !transform.startsWith('SOFTMAX') && !shares,
    ensemble: plainIf(ensemble, posts[transform]),
  });
}

/** What is left when the scores of the first class are 1 minus those of the second. */
function secondOnly(plan: Plan): Plan {
  const { branches } = plan;
  const weight = branches.weight.map((value, i) => (branches.target[i] === 1 ? value : 0));
  return { ...plan, branches: { ...branches, weight } };
}

/** Whatever leaves a row reaches, the scores of its classes add up to 1, as those of a forest of votes do. */
function areShares({ branches, base }: Plan): boolean {
  const { start, mode, weight, weightStart } = branches;
  if (weight.some((value) => value < 0)) return false;
  let sum = base.reduce((total, value) => total + value, 0);
  for (let tree = 0; tree + 1 < start.length; tree++) {
    const totals: number[] = [];
    for (let node = start[tree] as number; node < (start[tree + 1] as number); node++)
      if (mode[node] === modes.leaf) {
        const own = weight.subarray(weightStart[node], weightStart[node + 1]);
        totals.push(own.reduce((total, value) => total + value, 0));
      }
    const [first = 0] = totals;
    if (totals.some((total) => Math.abs(total - first) > 1e-5)) return false;
    sum += first;
  }
  return Math.abs(sum - 1) < 1e-3;
}
