import { caps } from '../../caps.ts';
import type { Link, Output } from '../../ir.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import { countIn, numberIn } from '../fields.ts';
import type { Block } from './text.ts';

type Objective = { kind: Output['kind']; link: Link };

const value = (link: Link): Objective => ({ kind: 'regression', link });

/**
 * Every objective that is scored; a model trained with an own objective names none and answers with its raw
 * score.
 */
const objectives = new Map<string, Objective>([
  ['', value('identity')],
  ['none', value('identity')],
  ['null', value('identity')],
  ['na', value('identity')],
  ['custom', value('identity')],
  ['regression', value('identity')],
  ['regression_l2', value('identity')],
  ['regression_l1', value('identity')],
  ['huber', value('identity')],
  ['fair', value('identity')],
  ['quantile', value('identity')],
  ['mape', value('identity')],
  ['lambdarank', value('identity')],
  ['rank_xendcg', value('identity')],
  ['poisson', value('exp')],
  ['gamma', value('exp')],
  ['tweedie', value('exp')],
  ['cross_entropy', value('logistic')],
  ['cross_entropy_lambda', value('log1pExp')],
  ['binary', { kind: 'binomial', link: 'logistic' }],
  ['multiclass', { kind: 'multinomial', link: 'softmax' }],
  ['multiclassova', { kind: 'multinomial', link: 'logistic' }],
]);

/**
 * The objective line, such as `binary sigmoid:1`, and the header's counts: how a raw score becomes an answer.
 */
export function outputOf(header: Block, iterations: number): { name: string; output: Output } {
  const [name = '', ...options] = (header.get('objective') ?? '').trim().split(' ', 16);
  const objective = objectives.get(name);
  if (!objective)
    throw refuse(
      'unsupported_model',
      `The LightGBM objective ${shown(name)} is not supported.`,
      'Train with a built-in objective, such as binary, multiclass or regression.',
      'objective',
    );
  const perIteration = treesPerIteration(header);
  const isMultinomial = objective.kind === 'multinomial';
  if (isMultinomial ? perIteration < 2 : objective.kind === 'binomial' && perIteration !== 1)
    throw malformed('The number of classes does not fit the objective.', 'num_tree_per_iteration');
  const averages = header.has('average_output');
  const output: Output = {
    kind: objective.kind,
    classes: classesOf(objective.kind, perIteration),
    // Forests of the second version hold probabilities in their leaves already.
    link: averages && header.get('version') === 'v2' ? 'identity' : linkOf(objective.link, options),
    scale: objective.link === 'logistic' ? sigmoidOf(name, options) : 1,
    targets: isMultinomial ? 1 : perIteration,
    divisor: averages ? Math.max(1, iterations) : 1,
  };
  return { name, output };
}

export function treesPerIteration(header: Block): number {
  const count = countIn(header.get('num_tree_per_iteration') ?? 1, 'num_tree_per_iteration');
  if (count > caps.outputs) throw tooLarge(`The model has more than ${caps.outputs} outputs.`);
  if (count === 0) throw malformed('The model has no outputs.', 'num_tree_per_iteration');
  return count;
}

function classesOf(kind: Output['kind'], count: number): string[] {
  const classes = kind === 'multinomial' ? count : kind === 'binomial' ? 2 : 0;
  return Array.from({ length: classes }, (_, i) => String(i));
}

const linkOf = (link: Link, options: string[]): Link =>
  link === 'identity' && options.includes('sqrt') ? 'signedSquare' : link;

function sigmoidOf(name: string, options: string[]): number {
  const option = options.find((o) => o.startsWith('sigmoid:'));
  if (option === undefined || name.startsWith('cross_entropy')) return 1;
  const sigmoid = numberIn(option.slice('sigmoid:'.length), 'objective');
  if (sigmoid > 0) return sigmoid;
  throw malformed('The sigmoid parameter is not positive.', 'objective');
}
