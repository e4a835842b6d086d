import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import type { Isolation } from '../../scoring/ir.ts';
import { irOf, outputOf, stumps } from './irs.ts';

/** Two trees over two features: one splits on a diagonal through (1, 1), the other is a leaf. */
const core: Isolation = {
  type: 'isolation',
  compare: 'f64',
  root: Int32Array.of(0, 5),
  left: Int32Array.of(1, 3, -1, -1, -1, -1),
  normal: Float64Array.of(1, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
  point: Float64Array.of(1, 1, 9, -3, 0, 0, 0, 0, 0, 0, 0, 0),
  length: Float64Array.of(0, 0, 1.5, 2.25, 3, 4),
};
const path = { longest: 5, shortest: 0, trees: 2 };
const output = outputOf({ kind: 'anomaly', link: 'isolation', path });
const model = reference(
  irOf({ core, output, contributions: { available: false, kind: 'isolation forest' } }),
);
const lengthOf = (...row: number[]) => (model.margin(Float64Array.from(row))[0] ?? Number.NaN) - 4;

describe('an extended isolation forest', () => {
  test('adds the path lengths of its trees: left is below the plane or on it', () => {
    expect(lengthOf(1, 1)).toBe(3);
    expect(lengthOf(2, 2)).toBe(1.5);
    expect(lengthOf(1, -3)).toBe(2.25);
    expect(lengthOf(-9, -2.5)).toBe(3);
  });

  test('a missing value goes right', () => {
    expect(lengthOf(Number.NaN, 0)).toBe(1.5);
  });

  test('scores a row by its mean path length', () => {
    const { prediction, mean_length } = model.predict(Float64Array.of(2, 2));
    expect(mean_length).toBe((1.5 + 4) / 2);
    expect(prediction).toBeCloseTo(Math.exp((-Math.LN2 * 2.75) / 5), 14);
  });
});

describe('an isolation forest', () => {
  const trees = stumps([
    [0, 0.5, 2, 6],
    [1, 0.5, 3, 5],
  ]);
  const forest = (rest: object) =>
    reference(
      irOf({
        core: trees,
        output: outputOf({
          kind: 'anomaly',
          link: 'pathLength',
          path: { longest: 10, shortest: 4, trees: 2, ...rest },
        }),
      }),
    ).predict(Float64Array.of(1, 0));

  test('scores a row by how short its paths are', () => {
    expect(forest({})).toEqual({ prediction: (10 - 9) / 6, mean_length: 4.5 });
    expect(forest({ shortest: 10 }).prediction).toBe(1);
  });

  test('calls it anomalous above the threshold, if there is one', () => {
    expect(forest({ threshold: 0.1 }).anomalous).toBe(true);
    expect(forest({ threshold: 1 / 6 }).anomalous).toBe(false);
    expect(forest({})).not.toHaveProperty('anomalous');
  });
});
