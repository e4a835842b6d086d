import type { Feature, Ir, Linear, Output, Trees } from '../../scoring/ir.ts';

/** Numeric features `x0`, `x1`, … */
export const numbers = (count: number): Feature[] =>
  Array.from({ length: count }, (_, i) => ({ name: `x${i}`, kind: 'number' }));

export const outputOf = (rest: Partial<Output> = {}): Output => ({
  kind: 'regression',
  classes: [],
  link: 'identity',
  scale: 1,
  targets: 1,
  divisor: 1,
  ...rest,
});

/** A model around a core, with whatever the test is about. */
export const irOf = (rest: Partial<Ir> & Pick<Ir, 'core'>): Ir => ({
  format: 'mojo',
  formatVersion: '1.0',
  algo: 'Test',
  objective: 'test',
  features: numbers(2),
  encoding: null,
  output: outputOf(),
  contributions: { available: true },
  ...rest,
});

/** Weights by column, then output. */
export const linearOf = (weights: number[], bias: number[], base = bias.map(() => 0)): Linear => ({
  type: 'linear',
  compare: 'f64',
  weights: Float64Array.from(weights),
  bias: Float64Array.from(bias),
  base: Float64Array.from(base),
});

/** Trees of one split each: a column, a threshold, what is left of it and what is right. */
export function stumps(
  splits: [column: number, threshold: number, left: number, right: number][],
  rest: Partial<Trees> = {},
): Trees {
  const three = (values: (split: (typeof splits)[number]) => number[]) => splits.flatMap(values);
  return {
    type: 'trees',
    compare: 'f64',
    sum: 'f64',
    base: Float64Array.of(0),
    baseLast: false,
    depth: 1,
    root: Int32Array.from(splits, (_, i) => 3 * i),
    outputOf: new Int32Array(splits.length),
    kind: Uint8Array.from(three(() => [1, 0, 0])),
    feature: Int32Array.from(three(([column]) => [column, -1, -1])),
    threshold: Float64Array.from(three(([, threshold]) => [threshold, 0, 0])),
    left: Int32Array.from(splits.flatMap((_, i) => [3 * i + 1, -1, -1])),
    missingRight: new Uint8Array(3 * splits.length),
    table: new Int32Array(3 * splits.length).fill(-1),
    leaf: Float64Array.from(three(([, , left, right]) => [0, left, right])),
    cover: Float64Array.from(three(() => [8, 3, 5])),
    tableStart: Int32Array.of(0),
    tables: new Uint8Array(0),
    terms: null,
    ...rest,
  };
}
