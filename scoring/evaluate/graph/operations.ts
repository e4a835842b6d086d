/**
 * What each operation of a graph does with the values of one row. Values are held in double precision and rounded
 * to single where the graph says so.
 */
import type { GraphOp } from '../../ir.ts';
import { sumTrees } from '../trees.ts';
import { constant, hot, impute, lookup, lookupCode, member, pick, row } from './columns.ts';
import { count, first, forest, kept, type Operation } from './frame.ts';
import { each, groups, largest, pair, product } from './numbers.ts';
import { logistic, normalise, probit, softmax, softmaxZero } from './scores.ts';

const trees: Operation = (frame) => {
  const { node, out } = frame;
  const x = first(frame);
  const own = forest(node.attributes.trees);
  const add = sumTrees(own);
  const sums = own.sum === 'f32' ? new Float32Array(out.length) : new Float64Array(out.length);
  const round = kept(node);
  return () => {
    add(x, sums);
    for (let i = 0; i < out.length; i++) out[i] = round(sums[i] as number);
  };
};

export const operations: { readonly [op in GraphOp]: Operation } = {
  row,
  constant,
  pick,
  member,
  add: pair((a, b) => a + b),
  subtract: pair((a, b) => a - b),
  multiply: pair((a, b) => a * b),
  divide: pair((a, b) => a / b),
  whole: each(Math.trunc),
  truth: each((value) => (value === 0 ? 0 : 1)),
  relu: each((value) => Math.max(0, value)),
  tanh: each(Math.tanh),
  exp: each(Math.exp),
  logistic: each(logistic),
  probit: each(probit),
  softmax: groups(softmax),
  softmaxZero: groups(softmaxZero),
  /** `norm`: 0 the largest value, 1 the sum of absolute values, 2 the root of the sum of squares. */
  normalise: (frame) => groups(normalise(count(frame.node.attributes.norm)))(frame),
  product,
  largest,
  impute,
  lookup,
  lookupCode,
  hot,
  trees,
};
