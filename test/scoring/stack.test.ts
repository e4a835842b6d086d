import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import type { Base, Ir, Stack } from '../../scoring/ir.ts';
import { irOf, linearOf, numbers, outputOf, stumps } from './irs.ts';

const two = (rest: object = {}) =>
  outputOf({ kind: 'binomial', classes: ['n', 'y'], link: 'logistic', ...rest });
const three = outputOf({ kind: 'multinomial', classes: ['a', 'b', 'c'], link: 'softmax' });
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The metalearner of a stack shows what it was given: its margins are weights over its columns. */
const stackOf = (bases: Base[], meta: Ir, transform: Stack['transform'] = 'none') =>
  reference(
    irOf({
      core: { type: 'stack', compare: 'f64', bases, transform, meta },
      features: numbers(3),
      output: meta.output,
      contributions: { available: false, kind: 'stacked' },
    }),
  );
const margins = (model: ReturnType<typeof stackOf>, ...row: number[]) => [
  ...model.margin(Float64Array.from(row)),
];

describe('a stack', () => {
  const logistic = irOf({ core: linearOf([2, -1], [0.5]), output: two() });
  const base = (model: Ir | null, columns: number[], answers: Base['answers'], width: number): Base => ({
    model,
    columns: Int32Array.from(columns),
    answers,
    width,
  });

  test('gives the metalearner the probability of the second class, by the columns of each base', () => {
    const meta = irOf({ core: linearOf([10, 100], [0]), output: two() });
    const model = stackOf([base(logistic, [2, 0], 'p1', 1), base(logistic, [0, 1], 'p1', 1)], meta);
    const [margin = Number.NaN] = margins(model, 1, 2, 3);
    expect(margin).toBeCloseTo(10 * sigmoid(2 * 3 - 1 + 0.5) + 100 * sigmoid(2 * 1 - 2 + 0.5), 12);
  });

  test('gives all probabilities of several classes, and zeros for a model that was left out', () => {
    const classes = irOf({ core: linearOf([1, 0, 0, 0, 1, 0], [0, 0, 0]), output: three });
    // Weights 1, 10, 100, … for the first class only: the margin spells the row.
    const weights = Array.from({ length: 6 }, (_, i) => [10 ** i, 0, 0]).flat();
    const meta = irOf({ core: linearOf(weights, [0, 0, 0]), features: numbers(6), output: three });
    const model = stackOf([base(null, [], 'all', 3), base(classes, [0, 1], 'all', 3)], meta);
    const sum = Math.E ** 1 + Math.E ** 2 + 1;
    const expected = (1e3 * Math.E + 1e4 * Math.E ** 2 + 1e5) / sum;
    expect(margins(model, 1, 2, 0)[0]).toBeCloseTo(expected, 8);
  });

  test('gives the value of a regression after its link', () => {
    const counts = irOf({ core: linearOf([1, 0], [0]), output: outputOf({ link: 'expCapped' }) });
    const meta = irOf({ core: linearOf([2], [1]), features: numbers(1) });
    const model = stackOf([base(counts, [0, 1], 'value', 1)], meta);
    expect(margins(model, 3, 0, 0)[0]).toBeCloseTo(2 * Math.exp(3) + 1, 12);
  });

  // From logitTransformRow of h2o-genmodel 3.46.0.9.
  test.each([
    [0, -19],
    [1e-9, -19],
    [1e-8, -18.420680733952366],
    [0.1, -2.197224577336219],
    [0.5, 0],
    [0.9, 2.1972245773362196],
    [1, 20.723265864228342],
  ])('takes the probability %d to the log-odds %d', (p, expected) => {
    const constant = irOf({ core: linearOf([0, 0], [p]), output: two({ link: 'identity' }) });
    const meta = irOf({ core: linearOf([1], [0]), features: numbers(1), output: two() });
    expect(margins(stackOf([base(constant, [0, 1], 'p1', 1)], meta, 'logit'), 0, 0, 0)[0]).toBe(expected);
  });

  test('rounds the row for a base that compares in single precision', () => {
    const single = irOf({
      core: stumps([[0, Math.fround(0.1), 1, 2]], { compare: 'f32', sum: 'f32' }),
      features: numbers(1),
    });
    const meta = irOf({ core: linearOf([1], [0]), features: numbers(1) });
    const model = stackOf([base(single, [0], 'value', 1)], meta);
    // 0.1 is a little less than the single next to it, so unrounded it would go left.
    expect(margins(model, 0.1, 0, 0)).toEqual([2]);
  });

  test('answers in the words and by the threshold of its output', () => {
    const meta = irOf({ core: linearOf([0], [0]), features: numbers(1), output: two({ threshold: 0.4 }) });
    const model = stackOf([base(logistic, [0, 1], 'p1', 1)], meta);
    expect(model.predict(new Float64Array(3))).toEqual({
      prediction: 'y',
      probabilities: { n: 0.5, y: 0.5 },
    });
    expect(() => model.explain(new Float64Array(3))).toThrow('no contributions of stack');
  });

  test("breaks ties by the metalearner's row", () => {
    const ties = { ...three, ties: [0.25, 0.25, 0.5] };
    const equal = (count: number) =>
      irOf({
        core: linearOf(new Array(3 * count).fill(0), [0, 0, 0]),
        features: numbers(count),
        output: ties,
      });
    const same = irOf({ core: linearOf([1, 0, 0], [0]), features: numbers(3) });
    const model = stackOf([base(same, [0, 1, 2], 'value', 1)], equal(1));
    const labels = new Set<string | number>();
    for (let x = 0.5; x < 30; x++) {
      const { prediction } = model.predict(Float64Array.of(x, 7, 8));
      // The metalearner's row is this value alone.
      expect(prediction).toBe(reference(equal(1)).predict(Float64Array.of(x)).prediction);
      labels.add(prediction);
    }
    expect(labels.size).toBe(3);
  });
});
