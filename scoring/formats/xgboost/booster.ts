import { caps } from '../../caps.ts';
import { forest } from '../../checks/forest.ts';
import type { Linear, Trees } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import { countIn, field, lengthOf, listOf, numbersOf } from '../fields.ts';
import { readTree, refuseVectorLeaves } from './trees.ts';

export type Shape = { features: number; outputs: number; base: Float64Array; baseLast: boolean };

const largestSingle = 3.4028234663852886e38;

/** The first `used` trees, weighted if the model dropped trees while it was trained (DART). */
export function readTrees(model: unknown, drop: unknown, used: number, shape: Shape): Trees {
  refuseVectorLeaves(field(field(model, 'gbtree_model_param'), 'size_leaf_vector'));
  const trees = treesIn(model);
  const outputOf = numbersOf(field(model, 'tree_info'), trees.length, 'tree_info');
  const weights = weightsOf(drop, trees.length);
  const grove = forest({
    features: shape.features,
    outputs: shape.outputs,
    infiniteThresholds: false,
    largest: largestSingle,
  });
  for (let i = 0; i < used; i++) {
    const at = `trees[${i}]`;
    grove.add(readTree(trees[i], weights[i] as number, grove, at), outputOf[i] as number, at);
  }
  return grove.finish({ compare: 'f32', sum: 'f32', base: shape.base, baseLast: shape.baseLast }, null);
}

export function treesIn(model: unknown): unknown[] {
  const trees = listOf(field(model, 'trees'), 'trees');
  if (trees.length > caps.trees) throw tooLarge(`The model has more than ${caps.trees} trees.`);
  return trees;
}

function weightsOf(drop: unknown, trees: number): Float64Array {
  if (drop === undefined || lengthOf(drop, 'weight_drop') === 0) return new Float64Array(trees).fill(1);
  return numbersOf(drop, trees, 'weight_drop').map(Math.fround);
}

/**
 * Trees up to the best iteration of early stopping, which the library's own estimators use; without one, all.
 */
export function treesToUse(learner: unknown, model: unknown, outputs: number): number {
  const total = treesIn(model).length;
  const attributes = field(learner, 'attributes');
  const best = field(attributes, 'best_iteration');
  if (best === undefined) return total;
  const iterations = countIn(best, 'attributes.best_iteration') + 1;
  const marks = field(model, 'iteration_indptr');
  const used =
    marks === undefined
      ? iterations * outputs * treesAtOnce(model)
      : countIn(listOf(marks, 'iteration_indptr')[iterations] ?? total, 'iteration_indptr');
  return Math.min(used, total);
}

/** Older files do not say where an iteration ends; each has this many trees per output. */
function treesAtOnce(model: unknown): number {
  const count = field(field(model, 'gbtree_model_param'), 'num_parallel_tree') ?? 1;
  return Math.max(1, countIn(count, 'num_parallel_tree'));
}

export function readLinear(model: unknown, shape: Shape): Linear {
  const { features, outputs } = shape;
  // The library's linear booster takes the base score of the first output for all of them.
  const base = new Float64Array(outputs).fill(shape.base[0] as number);
  const all = numbersOf(field(model, 'weights'), (features + 1) * outputs, 'weights').map(Math.fround);
  if (!all.every(Number.isFinite)) throw malformed('A weight is not a finite number.', 'weights');
  const cut = features * outputs;
  return { type: 'linear', compare: 'f32', weights: all.slice(0, cut), bias: all.slice(cut), base };
}
