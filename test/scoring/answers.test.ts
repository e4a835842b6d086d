import { describe, expect, test } from 'vitest';
import { answerOf } from '../../scoring/evaluate/answers.ts';
import { firstDouble, rowHash } from '../../scoring/evaluate/javaRandom.ts';
import { reference } from '../../scoring/evaluate/reference.ts';
import { capabilityOf } from '../../scoring/formats/capability.ts';
import type { Output } from '../../scoring/ir.ts';
import { irOf, linearOf, outputOf, stumps } from './irs.ts';

const N = Number.NaN;
const none = new Float64Array(1);
const answer = (rest: Partial<Output>, margins: number[], row = none) =>
  answerOf(outputOf(rest))(Float64Array.from(margins), row);
const two: Partial<Output> = { kind: 'binomial', classes: ['no', 'yes'], link: 'identity' };

describe('the label of two classes', () => {
  test.each<[threshold: number | undefined, p1: number, label: string]>([
    [undefined, 0.5, 'no'],
    [undefined, 0.5000000001, 'yes'],
    [0.3, 0.3, 'yes'],
    [0.3, 0.2999999, 'no'],
    [0.7, 0.6, 'no'],
    [0, 0, 'yes'],
  ])('with the threshold %s and the probability %d is %s', (threshold, p1, label) => {
    expect(answer({ ...two, threshold }, [p1]).prediction).toBe(label);
  });

  test('follows the threshold for each of several targets', () => {
    expect(answer({ ...two, targets: 2, threshold: 0.5 }, [0.5, 0.4])).toEqual({
      prediction: 'yes',
      outputs: ['yes', 'no'],
    });
  });

  test('of a forest that predicts the first class: its share is kept as it is', () => {
    const p0 = 0.1;
    expect(answer({ ...two, link: 'complement', divisor: 2 }, [2 * p0])).toEqual({
      prediction: 'yes',
      probabilities: { no: p0, yes: 1 - p0 },
    });
  });

  test('may come of two margins', () => {
    const output = { ...two, link: 'softmax', threshold: 0.2 } as const;
    const { prediction, probabilities } = answer(output, [1, 0]);
    expect(probabilities?.no).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(prediction).toBe('yes');
  });
});

describe('equal probabilities of several classes', () => {
  // new java.util.Random(seed).nextDouble() on OpenJDK 17
  test.each<[seed: bigint, drawn: number]>([
    [0n, 0.730967787376657],
    [1n, 0.7308781907032909],
    [-1n, 0.26894263088050496],
    [42n, 0.7275636800328681],
    [1234567890123n, 0.9979691436808569],
    [-9223372036854775808n, 0.730967787376657],
    [9223372036854775807n, 0.26894263088050496],
    [-8876543210987654321n, 0.16394035140818009],
  ])('the draw of seed %d is %d', (seed, drawn) => {
    expect(firstDouble(seed)).toBe(drawn);
  });

  test('every NaN has the same hash', () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8000000000123n]).buffer);
    expect(odd[0]).toBeNaN();
    expect(rowHash(odd)).toBe(rowHash(Float64Array.of(Number.NaN)));
  });

  // GenModel.getPredictionMultinomial of h2o-genmodel 3.46.0.9: probabilities, prior distribution, row, class.
  test.each<[values: number[], prior: number[], row: number[], expected: number]>([
    [[0.375, 0.375, 0.125, 0.25], [0.25, 0.25, 0.25, 0.25], [3, 0.1], 1],
    [[0.375, 0.25, 0.375, 0.25], [0.25, 0.25, 0.25, 0.25], [1.5, 1.5, 0.1], 0],
    [[0.5, 0.5, 0.5, 0.25], [0.6, 0.2, 0.1, 0.1], [1.0e300, -7, -2.25, 0.001], 0],
    [[0.5, 0.375, 0.125, 0.5], [0.25, 0.25, 0.25, 0.25], [-2.25], 0],
    [[0.25, 0.25, 0.125], [0, 0.5, 0.5], [0, 0.001, 3, 1.0e300], 1],
    [[0.375, 0.5, 0.5, 0.5], [0.6, 0.2, 0.1, 0.1], [-7], 0],
    [[0.5, 0.5, 0.25], [0, 0.5, 0.5], [-7, 1.0e300, 1.0e300], 1],
    [[0.5, 0.25, 0.375, 0.5], [0.25, 0.25, 0.25, 0.25], [3, 0, N, 0], 0],
    [[0.375, 0.5, 0.375, 0.125], [0.6, 0.2, 0.1, 0.1], [-2.25, -0], 1],
    [[0.25, 0.25, 0.25], [0.2, 0.3, 0.5], [-2.25, -7], 2],
    [[0.25, 0.375, 0.375, 0.25], [0.25, 0.25, 0.25, 0.25], [0.001, 0.1, 0.1, 0.1], 2],
    [[0.5, 0.5, 0.25], [0, 0.5, 0.5], [0.001], 1],
    [[0.5, 0.5, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25], [3, -0, -0], 0],
    [[0.5, 0.5, 0.5], [0, 0.5, 0.5], [0], 2],
    [[0.25, 0.125, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25], [0], 3],
    [[0.375, 0.375, 0.375], [0.2, 0.3, 0.5], [-0, 0.1, N], 0],
    [[0.5, 0.125, 0.375], [0, 0.5, 0.5], [N, 1.5, 0.1, -2.25], 0],
    [[0.125, 0.25, 0.375, 0.375], [0.25, 0.25, 0.25, 0.25], [0.001, 1.0e300, N, -7], 0],
    [[0.25, 0.125, 0.25], [0, 0.5, 0.5], [1.0e300, -0, -0, -0], 2],
    [[0.125, 0.5, 0.375, 0.5], [0.6, 0.2, 0.1, 0.1], [-0, 0.001, -0], 0],
    [[0.375, 0.375, 0.125], [0.2, 0.3, 0.5], [N, 3, -7], 1],
    [[0.5, 0.125, 0.5], [0.2, 0.3, 0.5], [3, 0.001], 0],
    [[0.5, 0.5, 0.25, 0.125], [0.6, 0.2, 0.1, 0.1], [-7, 0.1, 0.1], 0],
    [[0.125, 0.25, 0.25], [0, 0.5, 0.5], [-7, -0, 3, 1.0e300], 2],
    [[0.375, 0.5, 0.375], [0.2, 0.3, 0.5], [1.0e300, 0, 1.0e300], 1],
    [[0.375, 0.25, 0.375, 0.125], [0.6, 0.2, 0.1, 0.1], [0.001, 0, 1.5], 0],
    [[0.375, 0.25, 0.375], [0, 0.5, 0.5], [-2.25, -0], 2],
    [[0.5, 0.5, 0.25], [0.2, 0.3, 0.5], [-2.25, 0.1, 0.1, N], 1],
    [[0.25, 0.125, 0.25], [0.2, 0.3, 0.5], [-7, -7, -0], 2],
    [[0.375, 0.5, 0.5, 0.5], [0.25, 0.25, 0.25, 0.25], [1.5, -7, 0.001, N], 3],
    [[0.125, 0.125, 0.375, 0.375], [0.25, 0.25, 0.25, 0.25], [-2.25, 3, -2.25], 1],
    [[0.25, 0.25, 0.25], [0, 0.5, 0.5], [1.0e300], 2],
    [[0.125, 0.375, 0.375, 0.25], [0.25, 0.25, 0.25, 0.25], [0.1, -7, N, 0.001], 0],
    [[0.125, 0.375, 0.125, 0.375], [0.25, 0.25, 0.25, 0.25], [-2.25, -7, 1.0e300], 3],
    [[0.125, 0.375, 0.375], [0, 0.5, 0.5], [-0, N], 2],
    [[0.375, 0.375, 0.375, 0.25], [0.6, 0.2, 0.1, 0.1], [1.5], 0],
    [[0.375, 0.375, 0.125], [0, 0.5, 0.5], [0.1, 0, -0, 1.0e300], 1],
    [[0.125, 0.5, 0.5], [0, 0.5, 0.5], [0.1], 2],
    [[0.125, 0.5, 0.5], [0.2, 0.3, 0.5], [1.5, 0.001], 2],
    [[0.25, 0.25, 0.25], [0, 0.5, 0.5], [N, 0, 3], 1],
  ])('%j with the prior %j and the row %j: class %d', (values, prior, row, expected) => {
    const classes = prior.map((_, c) => String(c));
    const output: Partial<Output> = { kind: 'multinomial', link: 'identity', classes, ties: prior };
    expect(answer(output, values, Float64Array.from(row)).prediction).toBe(String(expected));
  });

  test('without a prior distribution are the first', () => {
    const classes = ['a', 'b', 'c', 'd'];
    const equal: Partial<Output> = { kind: 'multinomial', link: 'identity', classes };
    expect(answer(equal, [0.125, 0.375, 0.375, 0.125]).prediction).toBe('b');
    const even = { kind: 'ordinal', link: 'ordinal', classes: ['a', 'b'] } as const;
    expect(answer({ ...even, classes: ['a', 'b'] }, [0]).prediction).toBe('a');
  });

  test('are told apart by the row as it was read, not by what the model sees of it', () => {
    const ties = [0.25, 0.25, 0.5];
    const output = outputOf({ kind: 'multinomial', link: 'softmax', classes: ['a', 'b', 'c'], ties });
    const core = linearOf(new Array(3).fill(0), [0, 0, 0]);
    const encoding = [{ kind: 'lookup', feature: 0, values: [], other: 5, missing: 5 }] as const;
    const model = reference(irOf({ core, output, encoding: [{ ...encoding[0], values: [] }] }));
    const labels = Array.from(
      { length: 30 },
      (_, i) => model.predict(Float64Array.of(i + 0.5, N)).prediction,
    );
    expect(new Set(labels).size).toBe(3);
  });
});

describe('probabilities after training on balanced classes', () => {
  // GenModel.correctProbabilities of h2o-genmodel 3.46.0.9
  test.each([
    [
      [0.7, 0.2, 0.1],
      [0.8235294117647058, 0.1411764705882353, 0.03529411764705882],
    ],
    [
      [0.7, 0, 0.3],
      [0.7216494845360825, 0.18556701030927833, 0.09278350515463916],
    ],
  ])('with the prior %j are %j', (prior, expected) => {
    const priors = { prior, model: [0.3, 0.3, 0.4] };
    const classes = ['a', 'b', 'c'];
    const { probabilities } = answer(
      { kind: 'multinomial', link: 'identity', classes, priors },
      [0.5, 0.3, 0.2],
    );
    expect(Object.values(probabilities ?? {})).toEqual(expected);
  });

  test('decide the label', () => {
    const priors = { prior: [0.9, 0.1], model: [0.5, 0.5] };
    const { prediction, probabilities } = answer({ ...two, priors }, [0.6]);
    expect(probabilities?.yes).toBeCloseTo((0.6 * 0.2) / (0.6 * 0.2 + 0.4 * 1.8), 12);
    expect(prediction).toBe('no');
  });
});

describe('calibrated probabilities', () => {
  test('of Platt come from the probability of the first class; the label does not', () => {
    const calibration = { kind: 'platt', slope: -3, intercept: 1 } as const;
    const { prediction, probabilities, calibrated } = answer({ ...two, calibration }, [0.4]);
    const yes = 1 / (1 + Math.exp(3 * 0.6 - 1));
    expect(calibrated).toEqual({ no: 1 - yes, yes });
    expect(probabilities).toEqual({ no: 0.6, yes: 0.4 });
    expect(prediction).toBe('no');
  });

  // IsotonicCalibrator.calibrateP1 of h2o-genmodel 3.46.0.9
  test.each([
    [0.1, 0.85, 0, 0.05],
    [0.1, 0.85, 0.1, 0.05],
    [0.1, 0.85, 0.2, 0.12500000000000003],
    [0.1, 0.85, 0.3, 0.2],
    [0.1, 0.85, 0.333, 0.4640000000000003],
    [0.1, 0.85, 0.35, 0.6],
    [0.1, 0.85, 0.5, 0.69],
    [0.1, 0.85, 0.85, 0.9],
    [0.1, 0.85, 0.99, 0.9],
    [0.2, 0.5, 0.15, 0.12500000000000003],
    [0.2, 0.5, 0.25, 0.16250000000000003],
    [0.2, 0.5, 0.9, 0.69],
  ])('of an isotonic regression from %d to %d take %d to %d', (smallest, largest, p1, expected) => {
    const x = [0.1, 0.3, 0.35, 0.85];
    const y = [0.05, 0.2, 0.6, 0.9];
    const calibration = { kind: 'isotonic' as const, x, y, smallest, largest };
    expect(answer({ ...two, calibration }, [p1]).calibrated?.yes).toBeCloseTo(expected, 14);
  });
});

describe('ensembles that do not add', () => {
  const splits: [number, number, number, number][] = [
    [0, 0.5, -4, 7],
    [1, 0.5, 3, -2],
    [0, 1.5, 1, 2],
  ];
  test.each([
    ['smallest', [0, 0], -4],
    ['smallest', [2, 1], -2],
    ['largest', [0, 0], 3],
    ['largest', [2, 1], 7],
  ] as const)('take the %s leaf and add the base: %j', (combine, row, expected) => {
    const core = stumps(splits, { combine, base: Float64Array.of(10) });
    expect([...reference(irOf({ core })).margin(Float64Array.from(row))]).toEqual([10 + expected]);
  });

  test('have the base alone where an output has no tree, and no contributions', () => {
    const core = stumps(splits, { combine: 'largest', base: Float64Array.of(10, 20) });
    const model = reference(irOf({ core, output: outputOf({ targets: 2 }) }));
    expect([...model.margin(Float64Array.of(0, 0))]).toEqual([13, 20]);
    expect(capabilityOf(outputOf(), core)).toEqual({ available: false, kind: 'extreme tree' });
    expect(() => model.explain(Float64Array.of(0, 0))).toThrow(RangeError);
  });
});
