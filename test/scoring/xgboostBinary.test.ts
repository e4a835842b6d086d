import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caps } from '../../scoring/caps.ts';
import { reference } from '../../scoring/evaluate/reference.ts';
import { type ImportOptions, importModel } from '../../scoring/import.ts';
import { bytesOf, stump, xgboostBytes, xgboostTree } from './documents.ts';
import { own } from './goldens.ts';
import { type Legacy, legacyBytes } from './legacies.ts';

const legacy = (bent: Legacy = {}) => legacyBytes(bent, stump);
function imported(bytes: Uint8Array, options?: ImportOptions) {
  const result = importModel(bytes, options);
  if ('refusal' in result) throw new Error(JSON.stringify(result.refusal));
  return result;
}
const codeOf = (bytes: Uint8Array) => {
  const result = importModel(bytes);
  return 'refusal' in result ? result.refusal.code : 'read';
};

describe("XGBoost's formats hold the same model", () => {
  const binaries = readdirSync(own).filter((name) => name.endsWith('.ubj'));

  test('there are models in two of them', () => expect(binaries.length).toBeGreaterThan(3));

  test.each(binaries)('%s is its JSON', (name) => {
    const golden = readFileSync(join(own, name.replace('.ubj', '.golden.json')), 'utf8');
    const { values } = JSON.parse(golden);
    const [binary, text] = [name, name.replace('.ubj', '.json')].map((file) =>
      importModel(readFileSync(join(own, file)), { values }),
    );
    expect(binary).toHaveProperty('model');
    expect(binary).toEqual(text);
  });

  test.each<[name: string, binary: Legacy, text: Parameters<typeof xgboostBytes>[0]]>([
    ['a tree', {}, {}],
    [
      'missing values and covers',
      { trees: [{ ...stump, defaultLeft: [1, 0, 0], cover: [5, 2, 3] }] },
      { trees: [xgboostTree({ ...stump, defaultLeft: [1, 0, 0], cover: [5, 2, 3] })] },
    ],
    [
      'weights of dropped trees',
      { booster: 'dart', trees: [stump, stump], weights: [0.5, 0.25] },
      {
        trees: [xgboostTree(stump), xgboostTree(stump)],
        booster: { name: 'dart', weight_drop: [0.5, 0.25] },
      },
    ],
    [
      'a linear model',
      { booster: 'gblinear', weights: [0.5, -1, 0.25] },
      { booster: { name: 'gblinear', model: { weights: [0.5, -1, 0.25] } } },
    ],
    [
      'several classes',
      { objective: 'multi:softprob', classes: 2, trees: [stump, stump], info: [0, 1] },
      {
        objective: 'multi:softprob',
        parameters: { num_class: '2' },
        trees: [xgboostTree(stump), xgboostTree(stump)],
        model: { tree_info: [0, 1] },
      },
    ],
    [
      'a base score as a probability',
      { objective: 'binary:logistic', base: 0.25 },
      { objective: 'binary:logistic', parameters: { base_score: '2.5E-1' } },
    ],
    [
      'early stopping',
      { trees: [stump, stump, stump], attributes: { other: 'x', best_iteration: '1' } },
      { trees: Array(3).fill(xgboostTree(stump)), learner: { attributes: { best_iteration: '1' } } },
    ],
  ])('%s, in the old binary format and in JSON', (_, binary, text) => {
    expect(imported(legacy(binary))).toEqual(imported(xgboostBytes({ version: [2, 1, 0], ...text })));
  });
});

describe('the old binary format', () => {
  test('may begin with its magic letters', () => {
    const bytes = legacy();
    expect(imported(Uint8Array.from([...bytesOf('binf'), ...bytes]))).toEqual(imported(bytes));
  });

  test('of major version 0 holds a margin for a base score, and adds it last', () => {
    const { model } = imported(legacy({ version: [0, 0], objective: 'binary:logistic', base: -3.5 }));
    expect(reference(model).margin(Float64Array.of(1, 0))).toEqual(Float64Array.of(-1.5));
    expect(model.core).toMatchObject({ baseLast: true });
    expect(codeOf(legacy({ objective: 'binary:logistic', base: -3.5 }))).toBe('malformed');
  });

  test('counts the trees of a forest as one iteration', () => {
    const bytes = legacy({ trees: Array(4).fill(stump), parallel: 2, attributes: { best_iteration: '0' } });
    expect(imported(bytes).report).toMatchObject({ trees: 2 });
    expect(imported(bytes, { trees: 'all' }).report).toMatchObject({ trees: 4 });
  });

  test('may hold a buffer of predictions, which is passed over', () => {
    const bytes = legacy({ version: [0, 0], flag: 1, buffered: 3, booster: 'dart', weights: [0.5] });
    expect(reference(imported(bytes).model).margin(Float64Array.of(1, 0))).toEqual(Float64Array.of(1));
  });

  test.each<[name: string, bent: Legacy, code: string]>([
    ['an unknown booster', { booster: 'other' }, 'unsupported_model'],
    ['vector leaves', { leafVector: 2 }, 'unsupported_model'],
    ['several roots', { roots: 2 }, 'malformed'],
    ['fewer than no trees', { treeCount: -1 }, 'malformed'],
    ['a billion trees', { treeCount: 1_000_000_000 }, 'too_large'],
    ['more trees than it holds', { treeCount: 9 }, 'malformed'],
    ['fewer than no nodes', { nodeCount: -1 }, 'malformed'],
    ['a billion nodes', { nodeCount: 1_000_000_000 }, 'too_large'],
    ['more nodes than it holds', { nodeCount: 7_000_000 }, 'malformed'],
    [
      'a tree without nodes',
      { nodeCount: 0, trees: [{ left: [], right: [], feature: [], condition: [] }] },
      'malformed',
    ],
    ['a cycle', { trees: [{ ...stump, right: [0, -1, -1] }] }, 'malformed'],
    ['a child outside', { trees: [{ ...stump, right: [9, -1, -1] }] }, 'malformed'],
    ['a feature outside', { trees: [{ ...stump, feature: [2, 0, 0] }] }, 'malformed'],
    ['a leaf that is no number', { trees: [{ ...stump, condition: [0, Number.NaN, 0] }] }, 'malformed'],
    ['a base score that is no number', { base: Number.NaN }, 'malformed'],
    ['a tree of another output', { info: [1] }, 'malformed'],
    ['too few weights of trees', { booster: 'dart', weights: [], trees: [stump, stump] }, 'read'],
    ['too many weights of trees', { booster: 'dart', weights: [1, 1] }, 'malformed'],
    ['too few weights of a line', { booster: 'gblinear', weights: [1] }, 'malformed'],
    ['more attributes than it holds', { attributes: { a: 'b' }, attributeCount: 2 ** 40 }, 'malformed'],
    ['a future version', { version: [4, 0] }, 'unsupported_model'],
    ['a billion features', { features: 1_000_000_000 }, 'too_large'],
    ['one feature too many', { features: caps.features + 1 }, 'too_large'],
    ['as many features as may be', { features: caps.features }, 'read'],
  ])('with %s: %s', (_, bent, code) => {
    expect(codeOf(legacy(bent))).toBe(code);
  });

  test('cut anywhere is refused', () => {
    const bytes = legacy({ attributes: { best_iteration: '0' } });
    for (let end = 0; end < bytes.length; end++)
      expect(codeOf(bytes.subarray(0, end)), `${end} of ${bytes.length} bytes`).toMatch(
        end < 160 ? /unsupported_format/ : /malformed/,
      );
    // The oldest writers left out the attributes.
    const old = legacy({ version: [0, 0], flag: 1 });
    expect(codeOf(old)).toBe('read');
  });

  test('with any bytes changed is a model or a refusal', () => {
    const whole = readFileSync(join(own, 'xgboost-legacy.model'));
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        const result = importModel(bytes);
        seen.add('refusal' in result ? result.refusal.code : 'read');
        if ('model' in result)
          reference(result.model).predict(new Float64Array(result.model.features.length));
      }),
      { numRuns: 600 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(['read', 'malformed']));
  });
});
