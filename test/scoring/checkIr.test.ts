import { describe, expect, test } from 'vitest';
import { checkIr } from '../../scoring/checks/checkIr.ts';
import type { Ir, Isolation, Layer, Network, Output, Slot, Stack } from '../../scoring/ir.ts';
import { isRefusal } from '../../scoring/refusals.ts';
import { irOf, linearOf, numbers, outputOf, stumps } from './irs.ts';

function refused(ir: Ir): boolean {
  try {
    checkIr(ir);
    return false;
  } catch (error) {
    return isRefusal(error);
  }
}

const linear = irOf({ core: linearOf([1, 2], [0]) });
const two = outputOf({ kind: 'binomial', classes: ['n', 'y'], link: 'logistic' });
const layer: Layer = {
  inputs: 2,
  units: 1,
  activation: 'maxout',
  keep: 1,
  weights: Float64Array.of(1, 2, 3, 4),
  bias: Float64Array.of(0, 0),
};
const network: Network = { type: 'network', compare: 'f64', layers: [layer], response: null };
const isolation: Isolation = {
  type: 'isolation',
  compare: 'f64',
  root: Int32Array.of(0),
  left: Int32Array.of(1, -1, -1),
  normal: new Float64Array(6),
  point: new Float64Array(6),
  length: new Float64Array(3),
};
const paths = outputOf({
  kind: 'anomaly',
  link: 'isolation',
  path: { longest: 3, shortest: 0, trees: 1 },
});
const base: Stack['bases'][number] = {
  model: irOf({ core: linearOf([1, 2], [0]), output: two }),
  columns: Int32Array.of(2, 0),
  answers: 'p1',
  width: 1,
};
const stack: Stack = {
  type: 'stack',
  compare: 'f64',
  bases: [base],
  transform: 'none',
  meta: irOf({ core: linearOf([1], [0]), features: numbers(1), output: two }),
};
const stackOf = (rest: Partial<Stack>) =>
  irOf({ core: { ...stack, ...rest }, features: numbers(3), output: two });
const baseOf = (rest: object) => stackOf({ bases: [{ ...base, ...rest }] });
const networkOf = (rest: Partial<Layer>, response: Network['response'] = null) =>
  irOf({ core: { ...network, layers: [{ ...layer, ...rest }], response } });
const isolationOf = (rest: Partial<Isolation>) => irOf({ core: { ...isolation, ...rest }, output: paths });
const answering = (rest: Partial<Output>) => ({ ...linear, output: outputOf(rest) });
const slot: Slot = {
  kind: 'number',
  feature: 1,
  subtract: 0,
  multiply: 1,
  divide: 1,
  add: 0,
  missing: Number.NaN,
};
const encodedBy = (...encoding: Slot[]) => irOf({ core: linearOf([1], [0]), encoding });
const binomial = { kind: 'binomial', classes: ['n', 'y'], link: 'logistic' } as const;
const isotonic = { x: [0, 1], y: [0, 1], smallest: 0, largest: 1 };
const calibrated = (rest: object) =>
  answering({
    ...binomial,
    classes: ['n', 'y'],
    calibration: { ...isotonic, kind: 'isotonic', ...rest },
  });

describe('a model whose parts fit passes', () => {
  test.each<[string, Ir]>([
    ['linear', linear],
    ['trees', irOf({ core: stumps([[1, 0, 1, 2]]) })],
    ['a network', networkOf({})],
    ['an isolation forest', isolationOf({})],
    ['a stack', stackOf({})],
    ['an encoding', encodedBy(slot)],
    ['a calibration', calibrated({})],
  ])('%s', (_, ir) => {
    expect(checkIr(ir)).toBe(ir);
  });
});

describe('a model whose parts do not fit is refused', () => {
  test.each<[string, Ir]>([
    ['fewer weights than columns', irOf({ core: linearOf([1], [0]) })],
    ['a weight that is no number', irOf({ core: linearOf([1, Number.NaN], [0]) })],
    ['an infinite bias', irOf({ core: linearOf([1, 2], [Number.POSITIVE_INFINITY]) })],
    ['a split of a column beyond the last', irOf({ core: stumps([[2, 0, 1, 2]]) })],
    ['fewer base margins than outputs', { ...irOf({ core: stumps([]) }), output: outputOf({ targets: 2 }) }],
    ['layers that do not follow', networkOf({ inputs: 3 })],
    ['a layer with too few weights', networkOf({ weights: Float64Array.of(1) })],
    [
      'more units than outputs',
      networkOf({ units: 2, weights: new Float64Array(8), bias: new Float64Array(4) }),
    ],
    ['no layer', irOf({ core: { ...network, layers: [] } })],
    ['a response scaled by 0', networkOf({}, { multiply: 0, subtract: 1 })],
    ['a path that goes round', isolationOf({ left: Int32Array.of(0, -1, -1) })],
    ['a child beyond the last node', isolationOf({ left: Int32Array.of(2, -1, -1) })],
    ['a root beyond the last node', isolationOf({ root: Int32Array.of(3) })],
    ['planes of fewer features', isolationOf({ normal: new Float64Array(3) })],
    ['a base with a column the stack lacks', baseOf({ columns: Int32Array.of(0, 3) })],
    ['a base with fewer columns than features', baseOf({ columns: Int32Array.of(0) })],
    ['a base with more answers than classes', baseOf({ answers: 'all', width: 1 })],
    ['a base without classes asked for one', baseOf({ model: linear })],
    ['a base that is broken itself', baseOf({ model: irOf({ core: linearOf([1], [0]), output: two }) })],
    ['a metalearner of another width', stackOf({ bases: [base, base] })],
    ['a column of no feature', encodedBy({ ...slot, feature: 2 })],
    ['a division by 0', encodedBy({ ...slot, divide: 0 })],
    ['an infinite value in place of missing', encodedBy({ ...slot, missing: Number.NEGATIVE_INFINITY })],
    ['an infinite level', encodedBy({ kind: 'lookup', feature: 0, values: [1 / 0], other: 0, missing: 0 })],
    ['more columns than weights', encodedBy(slot, slot)],
    ['one class', answering({ ...binomial, classes: ['n'] })],
    ['classes of a regression', answering({ classes: ['n', 'y'] })],
    ['a threshold that is no number', answering({ ...binomial, classes: ['n', 'y'], threshold: Number.NaN })],
    ['a margin divided by 0', answering({ divisor: 0 })],
    ['no path lengths', answering({ kind: 'anomaly', link: 'pathLength' })],
    ['half a target', answering({ targets: 0.5 })],
    [
      'priors of fewer classes',
      answering({ ...binomial, classes: ['n', 'y'], priors: { prior: [1], model: [1, 1] } }),
    ],
    ['ties of more classes', answering({ ...binomial, classes: ['n', 'y'], ties: [1, 1, 1] })],
    ['calibration points out of order', calibrated({ x: [1, 0] })],
    ['a calibration without points', calibrated({ x: [], y: [] })],
    ['calibration points without values', calibrated({ y: [0] })],
    ['a calibration point that is no number', calibrated({ y: [0, Number.NaN] })],
    ['a calibration without a slope', calibrated({ kind: 'platt', slope: Number.NaN, intercept: 0 })],
    ['a calibration of a regression', answering({ calibration: { kind: 'platt', slope: 1, intercept: 0 } })],
    [
      'no target',
      {
        ...irOf({ core: linearOf([1, 2, 3, 4], [0, 0]) }),
        output: outputOf({ kind: 'multinomial', classes: ['a', 'b'], targets: 0 }),
      },
    ],
    [
      'an infinite prior',
      answering({ ...binomial, classes: ['n', 'y'], ties: [1, Number.POSITIVE_INFINITY] }),
    ],
    [
      'paths of no tree',
      { ...isolationOf({}), output: { ...paths, path: { longest: 3, shortest: 0, trees: 0 } } },
    ],
    [
      'a path of no length',
      { ...isolationOf({}), output: { ...paths, path: { longest: 0, shortest: 0, trees: 1 } } },
    ],
    ['a path that is no number', answering({ path: { longest: 3, shortest: Number.NaN, trees: 1 } })],
    ['two answers of an isolation forest', { ...isolationOf({}), output: { ...paths, targets: 2 } }],
    ['planes that are no numbers', isolationOf({ point: new Float64Array(6).fill(Number.NaN) })],
    ['a unit with no number for a bias', networkOf({ bias: Float64Array.of(0, Number.NaN) })],
    ['a response with an infinite mean', networkOf({}, { multiply: 1, subtract: Number.POSITIVE_INFINITY })],
    [
      'an infinite base margin',
      irOf({ core: stumps([], { base: Float64Array.of(Number.POSITIVE_INFINITY) }) }),
    ],
    ['an infinite scale', encodedBy({ ...slot, multiply: Number.POSITIVE_INFINITY })],
    ['an infinite value in place of 0', encodedBy({ ...slot, zero: Number.POSITIVE_INFINITY })],
    [
      'an infinite hot value',
      encodedBy({ kind: 'hot', feature: 0, code: 0, hot: 1 / 0, cold: 0, missing: 0 }),
    ],
  ])('%s', (_, ir) => {
    expect(refused(ir)).toBe(true);
  });

  test('stacks inside stacks are allowed to a depth', () => {
    const within = (depth: number): Ir => {
      const model =
        depth === 0
          ? irOf({ core: linearOf([1, 2, 3], [0]), features: numbers(3), output: two })
          : within(depth - 1);
      return baseOf({ model, columns: Int32Array.of(0, 1, 2) });
    };
    expect(refused(within(7))).toBe(false);
    expect(refused(within(8))).toBe(true);
  });
});
