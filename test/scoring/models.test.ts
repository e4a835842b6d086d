import { describe, expect, test } from 'vitest';
import { type Reference, reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import { probe, selfCheck } from '../../scoring/probe.ts';
import { bytesOf, lightgbmText, stump, xgboostBytes, xgboostDocument, xgboostTree } from './documents.ts';

function imported(bytes: Uint8Array, options?: Parameters<typeof importModel>[1]) {
  const result = importModel(bytes, options);
  if ('refusal' in result) throw new Error(result.refusal.message);
  return { ...result, loaded: reference(result.model) };
}
const modelOf = (bytes: Uint8Array): Reference => imported(bytes).loaded;
const answer = (model: Reference, ...row: number[]) => model.predict(Float64Array.from(row)).prediction;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('an XGBoost objective decides what a margin means', () => {
  // The stump gives 2 to the right; the base score 0.5 is a margin of 0, log 0.5 or 0.5.
  test.each<[name: string, prediction: string | number, probability: number | undefined]>([
    ['binary:logistic', '1', sigmoid(2)],
    ['binary:hinge', '1', undefined],
    ['binary:logitraw', 2, undefined],
    ['reg:logistic', sigmoid(2), undefined],
    ['count:poisson', 0.5 * Math.exp(2), undefined],
    ['reg:gamma', 0.5 * Math.exp(2), undefined],
    ['reg:tweedie', 0.5 * Math.exp(2), undefined],
    ['survival:cox', 0.5 * Math.exp(2), undefined],
    ['survival:aft', 0.5 * Math.exp(2), undefined],
    ...[
      'rank:pairwise',
      'rank:ndcg',
      'rank:map',
      'reg:squarederror',
      'reg:linear',
      'reg:absoluteerror',
      'reg:quantileerror',
      'reg:expectileerror',
      'reg:pseudohubererror',
      'reg:squaredlogerror',
    ].map((name): [string, number, undefined] => [name, 2.5, undefined]),
  ])('%s', (objective, expected, probability) => {
    const model = modelOf(xgboostBytes({ objective, parameters: { base_score: '5E-1' } }));
    const { prediction, probabilities } = model.predict(Float64Array.of(1, 0));
    if (typeof expected === 'string') expect(prediction).toBe(expected);
    else expect(prediction).toBeCloseTo(expected, 6);
    expect(probabilities?.['1']).toEqual(probability);
  });

  test.each(['multi:softprob', 'multi:softmax'])(
    '%s answers the likeliest class, the first of equal ones',
    (objective) => {
      const trees = [1, 2, 2].map((value) =>
        xgboostTree({ left: [-1], right: [-1], feature: [0], condition: [value] }),
      );
      const model = modelOf(
        xgboostBytes({ objective, trees, model: { tree_info: [0, 1, 2] }, parameters: { num_class: '3' } }),
      );
      const { prediction, probabilities } = model.predict(Float64Array.of(0, 0));
      expect(prediction).toBe('1');
      expect(Object.values(probabilities ?? {}).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(model.contributions).toEqual({ available: false, kind: 'multiclass' });
    },
  );
});

describe('rules that are easy to get wrong', () => {
  test('the bytes that are read stay as they were', () => {
    const bytes = Buffer.from(JSON.stringify(xgboostDocument()).replace('0.5', 'NaN'));
    const before = bytes.toString();
    importModel(bytes);
    expect(bytes.toString()).toBe(before);
  });

  test('an answer beyond all numbers is the largest', () => {
    const trees = [xgboostTree({ left: [-1], right: [-1], feature: [0], condition: [1e6] })];
    const model = modelOf(
      xgboostBytes({ objective: 'count:poisson', trees, parameters: { base_score: '1' } }),
    );
    expect(answer(model, 0, 0)).toBe(Number.MAX_VALUE);
  });

  test('a tie of probabilities is class 0', () => {
    const model = modelOf(
      xgboostBytes({ objective: 'binary:logistic', trees: [], parameters: { base_score: '0.5' } }),
    );
    expect(model.predict(Float64Array.of(0, 0))).toEqual({
      prediction: '0',
      probabilities: { 0: 0.5, 1: 0.5 },
    });
  });

  test('XGBoost goes left below a threshold and right at it; LightGBM still left at it', () => {
    const xgboost = modelOf(xgboostBytes());
    const lightgbm = modelOf(bytesOf(lightgbmText()));
    expect([answer(xgboost, 0.4999, 0), answer(xgboost, 0.5, 0)]).toEqual([-1, 2]);
    expect([answer(lightgbm, 0.5, 0), answer(lightgbm, 0.5000000000000001, 0)]).toEqual([-1, 2]);
  });

  test('missing goes its default way', () => {
    const tree = (defaultLeft: number) =>
      modelOf(xgboostBytes({ trees: [xgboostTree({ ...stump, defaultLeft: [defaultLeft, 0, 0] })] }));
    expect([answer(tree(1), Number.NaN, 0), answer(tree(0), Number.NaN, 0)]).toEqual([-1, 2]);
  });

  // Bits of the decision: 2 default left, 4 zero is missing, 8 NaN is missing.
  test.each([
    ['0', 'NaN is zero', [-1, -1]],
    ['4', 'zero and NaN go right', [2, 2]],
    ['6', 'zero and NaN go left', [-1, -1]],
    ['8', 'NaN goes right', [-1, 2]],
    ['10', 'NaN goes left', [-1, -1]],
  ])('LightGBM decision %s: %s', (decision_type, _, expected) => {
    const model = modelOf(bytesOf(lightgbmText({}, { decision_type })));
    expect([answer(model, 0, 0), answer(model, Number.NaN, 0)]).toEqual(expected);
  });

  test('LightGBM may write infinity for a threshold', () => {
    expect(answer(modelOf(bytesOf(lightgbmText({}, { threshold: 'inf' }))), 1e300, 0)).toBe(-1);
    expect(answer(modelOf(bytesOf(lightgbmText({}, { threshold: '-inf' }))), -1e300, 0)).toBe(2);
  });

  test('old XGBoost adds the base score last, which rounds differently', () => {
    const leaf = (value: number) =>
      xgboostTree({ left: [-1], right: [-1], feature: [0], condition: [value] });
    const at = (minor: number) =>
      modelOf(
        xgboostBytes({
          version: [1, minor, 0],
          trees: [leaf(1), leaf(-16777216)],
          parameters: { base_score: '16777216' },
        }),
      );
    expect(at(2).margin(Float64Array.of(0, 0))).toEqual(Float64Array.of(1));
    expect(at(3).margin(Float64Array.of(0, 0))).toEqual(Float64Array.of(0));
  });

  test('early stopping counts up to the best iteration, unless all trees are asked for', () => {
    const bytes = (model: Record<string, unknown>) =>
      xgboostBytes({
        trees: Array(6).fill(xgboostTree(stump)),
        learner: { attributes: { best_iteration: '1' } },
        model,
      });
    const marked = imported(bytes({ iteration_indptr: [0, 1, 3, 6] }));
    expect(marked.report).toMatchObject({ trees: 3, notes: ['The best iteration uses 3 of 6 trees.'] });
    expect(imported(bytes({})).report.trees).toBe(2);
    expect(imported(bytes({ gbtree_model_param: { num_parallel_tree: '2' } })).report.trees).toBe(4);
    expect(imported(bytes({}), { trees: 'all' }).report).toMatchObject({ trees: 6, notes: [] });
  });

  test('without covers a model scores but does not explain', () => {
    const covers = { ...stump, cover: [0, 0, 0] };
    const model = modelOf(xgboostBytes({ trees: [xgboostTree(covers)] }));
    expect(model.contributions).toEqual({ available: false, kind: 'coverless tree' });
    expect(answer(model, 1, 0)).toBe(2);
  });

  test('registered values name the codes of an old file, whole numbers are the codes themselves', () => {
    const bytes = xgboostBytes({ types: ['c', 'c'], names: ['city', 'zip'] });
    const { loaded } = imported(bytes, { values: { city: ['Rome', 'Oslo'], zip: ['5', '7'] } });
    expect(loaded.read({ city: 'Oslo', zip: '7' })).toEqual(Float64Array.of(1, 7));
    expect(loaded.read({ city: 'Paris' })).toEqual(Float64Array.of(Number.NaN, Number.NaN));
  });
});

describe('what is stored with a model', () => {
  test('the probe is a record of its own terms, and always the same', () => {
    const bytes = xgboostBytes({ types: ['float', 'c'], names: ['age', 'city'] });
    const { loaded } = imported(bytes, { values: { city: ['Rome', 'Oslo'] } });
    expect(probe(loaded.ir, loaded)).toEqual({ record: { age: 0.5, city: 'Rome' }, prediction: 2 });
  });

  test('the self-check finds a model whose contributions do not add up', () => {
    const { model } = imported(xgboostBytes());
    const whole = reference(model);
    expect(selfCheck(whole, whole, whole.explain)).toBeNull();
    expect(selfCheck(whole, whole, (row) => whole.explain(row).map((part) => part * 1.001))).toMatch(
      /add up/,
    );
    const broken = { ...whole, predict: () => ({ prediction: Number.NaN }) };
    expect(selfCheck(whole, broken, null)).toMatch(/finite/);
    const shifted = {
      ...whole,
      margin: (row: Float64Array) => whole.margin(row).map((margin) => margin + 1e-9),
    };
    expect(selfCheck(whole, shifted, null)).toMatch(/compiled/);
  });

  test('the report says what was found', () => {
    expect(imported(bytesOf(JSON.stringify(xgboostDocument(), null, 2))).report).toEqual({
      format: 'xgboost',
      formatVersion: '3.2.0',
      algo: 'XGBoost',
      objective: 'reg:squarederror',
      features: 2,
      levels: 0,
      trees: 1,
      nodes: 3,
      depth: 1,
      notes: [],
    });
  });
});
