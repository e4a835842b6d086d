import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerOf } from '../../scoring/evaluate/answers.ts';
import { type Link, type Output, outputsOf } from '../../scoring/ir.ts';
import { outputOf } from './irs.ts';

const N = Number.NaN;
const answer = (rest: Partial<Output>, ...margins: number[]) =>
  answerOf(outputOf(rest))(Float64Array.from(margins), new Float64Array(1));
const value = (rest: Partial<Output>, margin: number) => answer(rest, margin).prediction as number;
const probabilities = (link: Link, margins: number[], kind: Output['kind'] = 'multinomial') => {
  const classes = Array.from({ length: margins.length + (kind === 'ordinal' ? 1 : 0) }, (_, i) => `c${i}`);
  return Object.values(answer({ kind, link, classes }, ...margins).probabilities ?? {});
};

describe('a link takes a margin to the scale of the response', () => {
  test.each<[link: Link, margin: number, expected: number]>([
    ['identity', -2.5, -2.5],
    ['logistic', Math.log(3), 0.75],
    ['exp', Math.log(7), 7],
    ['log1pExp', Math.log(Math.E - 1), 1],
    ['log1pExp', 900, 900],
    ['signedSquare', -3, -9],
    ['step', 0, 0],
    ['step', 0.1, 1],
    ['expCapped', Math.log(7), 7],
    ['expCapped', 100, 1e19],
    ['inverse', 4, 0.25],
    ['inverse', -4, -0.25],
    ['inverse', 0, 1e5],
    ['inverse', -1e-9, -1e5],
    ['complement', 0.25, 0.75],
  ])('%s of %d is %d', (link, margin, expected) => {
    expect(value({ link }, margin)).toBeCloseTo(expected, 9);
  });

  test('tweedie with the power of the link', () => {
    expect(value({ link: 'tweedie', power: 0 }, -1000)).toBe(2e-16);
    expect(value({ link: 'tweedie', power: 0 }, Math.log(5))).toBeCloseTo(5, 12);
    expect(value({ link: 'tweedie', power: -0.5 }, 4)).toBe(1 / 16);
  });

  // From NumPy, each step a float32.
  test.each([
    [-3.3, 0.03557119145989418],
    [-0.1, 0.47502079606056213],
    [0, 0.5],
    [0.7, 0.6681877374649048],
    [5.5, 0.9959298968315125],
  ])('in single precision the logistic of %d is %d, and its rest is single too', (margin, p1) => {
    const { probabilities } = answer(
      { kind: 'binomial', classes: ['n', 'y'], link: 'logisticSingle' },
      margin,
    );
    expect(probabilities).toEqual({ n: Math.fround(1 - p1), y: p1 });
  });

  test('in single precision the exponential and the softmax are as in NumPy', () => {
    expect(value({ link: 'expSingle' }, 1.3)).toBe(3.6692967414855957);
    expect(probabilities('softmaxSingle', [-1.59, 2.97, -0.18].map(Math.fround))).toEqual([
      0.00993251521140337, 0.949384331703186, 0.04068313166499138,
    ]);
    expect(probabilities('softmaxSingle', [0.3, -1.2, 2.7].map(Math.fround))).toEqual([
      0.08165726065635681, 0.018220197409391403, 0.9001225233078003,
    ]);
  });

  // From ONNX Runtime 1.x, which answers in single precision.
  test.each([
    [0.01, -2.3240902423858643],
    [0.1, -1.2817128896713257],
    [0.5, 0],
    [0.8, 0.8417561054229736],
    [0.975, 1.9590493440628052],
  ])('probit of %d is %d', (p, expected) => {
    expect(value({ link: 'probit' }, p)).toBeCloseTo(expected, 5);
  });

  test.each([
    [
      [1.5, 0, -2],
      [0.970687747001648, 0, 0.02931223064661026],
    ],
    [
      [-1, 0, -3],
      [0.8807970881462097, 0, 0.11920291185379028],
    ],
    [
      [2, 1, -1],
      [0.7053845524787903, 0.2594964802265167, 0.03511902689933777],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ])('the softmax that keeps zeros takes %j to %j', (margins, expected) => {
    const values = probabilities('softmaxZero', margins);
    expected.forEach((p, i) => {
      expect(values[i]).toBeCloseTo(p, 6);
    });
  });

  test('the softmax from zero subtracts at least 0', () => {
    const [a = N, b = N] = probabilities('softmaxFromZero', [-800, -801]);
    // Both are below the smallest number there is: nothing is left to divide by.
    expect([a, b]).toEqual([0, 0]);
    const [c = N] = probabilities('softmaxFromZero', [1, 3]);
    expect(c).toBeCloseTo(1 / (1 + Math.exp(2)), 12);
  });

  test('ordinal classes have the differences of the cumulative probabilities', () => {
    const cumulative = [0.2, 0.5, 0.9];
    const values = probabilities(
      'ordinal',
      cumulative.map((p) => Math.log(p / (1 - p))),
      'ordinal',
    );
    [0.2, 0.3, 0.4, 0.1].forEach((p, i) => {
      expect(values[i]).toBeCloseTo(p, 12);
    });
  });

  test('shares are divided by their sum, unless there is none', () => {
    expect(probabilities('normalise', [1, 2, 5])).toEqual([1 / 8, 2 / 8, 5 / 8]);
    expect(probabilities('normalise', [0, 0, 0])).toEqual([0, 0, 0]);
  });

  test('an answer beyond all numbers becomes the largest', () => {
    expect(value({ link: 'exp' }, 1e4)).toBe(Number.MAX_VALUE);
    expect(value({ link: 'probit' }, 0)).toBe(-Number.MAX_VALUE);
  });

  test('the margin is divided and scaled before the link', () => {
    expect(value({ link: 'exp', divisor: 4, scale: 2 }, 6)).toBeCloseTo(Math.exp(3), 12);
    const scaled = answer(
      { kind: 'multinomial', classes: ['a', 'b'], link: 'softmax', divisor: 4, scale: 2 },
      6,
      0,
    );
    expect(scaled.probabilities?.a).toBeCloseTo(1 / (1 + Math.exp(-3)), 12);
  });
});

describe('links over all margins of a row', () => {
  const links: Link[] = ['softmax', 'softmaxSingle', 'softmaxFromZero', 'normalise'];

  test('give probabilities that add up to 1, in the order of the margins', () => {
    const margins = fc.array(fc.float({ min: 0, max: 30, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...links), margins, (link, own) => {
        fc.pre(own.some((m) => m > 1e-3));
        const values = probabilities(link, own);
        expect(values.reduce((all, p) => all + p, 0)).toBeCloseTo(1, 5);
        const most = Math.max(...values);
        own.forEach((margin, i) => {
          if (margin === Math.max(...own)) expect(values[i]).toBe(most);
        });
      }),
    );
  });

  test('need one margin per class even of two; other links of two classes need one', () => {
    const two = { kind: 'binomial', classes: ['a', 'b'] } as const;
    for (const link of links) expect(outputsOf(outputOf({ ...two, classes: ['a', 'b'], link }))).toBe(2);
    expect(outputsOf(outputOf({ ...two, classes: ['a', 'b'], link: 'logistic' }))).toBe(1);
    expect(outputsOf(outputOf({ kind: 'ordinal', classes: ['a', 'b', 'c'], link: 'ordinal' }))).toBe(2);
  });
});
