import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { loadExplainer } from '../../scoring/explain.ts';
import { explainImage } from '../../scoring/image/explain.ts';
import { predictImage } from '../../scoring/image/predict.ts';
import type { Slot } from '../../scoring/ir.ts';
import { webAssembly } from '../../scoring/kernels/webAssembly.ts';
import { bound, explainerOf, modelOf, randomForest, recipe, recipes, sample } from './explainForests.ts';
import { distance } from './goldens.ts';
import { irOf, linearOf, outputOf, stumps } from './irs.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const slots: Slot[] = [
  { kind: 'hot', feature: 0, code: 0, hot: 1, cold: 0, missing: 0 },
  { kind: 'hot', feature: 0, code: 1, hot: 1, cold: Number.NaN, missing: Number.NaN },
  { kind: 'number', feature: 1, subtract: 1, multiply: 2, divide: 3, add: 0, missing: Number.NaN },
  { kind: 'lookup', feature: 0, values: [0.5, 2], other: -1, missing: 1 },
];

const encodedRows = [0, 1, 2, Number.NaN].flatMap((a) =>
  [-1, 2, Number.NaN].map((b) => Float64Array.of(a, b)),
);

describe('encoded models', () => {
  test.each(['f32', 'f64'] as const)('explain per feature and per column in %s', (compare) => {
    for (let seed = 1; seed <= 20; seed++) {
      const core = randomForest({ ...recipe(seed), features: slots.length, outputs: 2, compare });
      const ir = modelOf(core, 2, { encoding: slots });
      const expected = reference(ir);
      const perFeature = explainerOf(ir);
      const perColumn = explainerOf(ir, 'column');
      for (const row of encodedRows) {
        expect(distance(perFeature(row), expected.explain(row))).toBeLessThan(bound);
        expect(distance(perColumn(row), expected.explainSlots(row))).toBeLessThan(bound);
      }
    }
  });
});

describe('rescaled contributions of random forests', () => {
  test.each([null, Math.fround(1 / 3)])('from %s', (from) => {
    const rescale = { trees: 3, from };
    const core = randomForest({ ...recipe(11), features: 3 });
    const ir = modelOf(core, 3, { contributions: { available: true, rescale } });
    const plain = explainerOf(modelOf(core, 3));
    const explain = explainerOf(ir);
    for (const row of encodedRows.map((row) => Float64Array.of(...row, 1))) {
      const expected = plain(row).map((v) => (v === 0 ? 0 : from === null ? v / 3 : from - v / 3));
      expect(distance(explain(row), expected)).toBeLessThan(1e-15);
      expect(distance(explain(row), reference(ir).explain(row))).toBeLessThan(bound);
    }
  });
});

describe('linear models', () => {
  test('explain by value times weight, per feature and per column', () => {
    const core = linearOf([1, 2, 3, 4], [0.5], [0.25]);
    const ir = irOf({ core, encoding: slots });
    const expected = reference(ir);
    for (const row of encodedRows) {
      expect(explainerOf(ir)(row)).toEqual(expected.explain(row));
      expect(explainerOf(ir, 'column')(row)).toEqual(expected.explainSlots(row));
    }
    expect(
      explainerOf(irOf({ core: linearOf([3, -2, 5, 7], [1, 2]), output: outputOf({ targets: 2 }) }))(
        Float64Array.of(2, 10),
      ),
    ).toEqual(Float64Array.of(6, 50, 1, -4, 70, 2));
  });
});

describe('where the kernel cannot run', () => {
  const { ir, rows } = sample({ ...recipe(3), features: 6, categories: 2, outputs: 2 });
  const expected = rows.map((row) => reference(ir).explain(row));

  test('without WebAssembly the evaluator explains', () => {
    vi.stubGlobal('WebAssembly', undefined);
    const explain = explainerOf(ir);
    expect(rows.map((row) => explain(row))).toEqual(expected);
  });

  test('without vectors the evaluator explains', async () => {
    const refuse = function refuse() {
      throw new Error('invalid value type');
    };
    // Compiled code is kept: only a fresh copy of the loader asks for it again.
    vi.resetModules();
    const fresh = await import('../../scoring/explain.ts');
    vi.stubGlobal('WebAssembly', {
      Memory: webAssembly()?.Memory,
      Module: refuse,
      Instance: webAssembly()?.Instance,
    });
    const explain = fresh.loadExplainer(predictImage(ir), explainImage(ir) as Uint8Array);
    expect(rows.map((row) => explain(row))).toEqual(expected);
  });

  test('the kernel itself rounds otherwise, so the tests above tell the two apart', () => {
    const explain = explainerOf(ir);
    expect(rows.map((row) => explain(row))).not.toEqual(expected);
  });
});

describe('explain images', () => {
  test('are the same bytes for the same model', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        expect(explainImage(sample(recipe).ir)).toEqual(explainImage(sample(recipe).ir));
      }),
      { numRuns: 20 },
    );
  });

  test('that are cut, of another version or of something else are an error, not wrong numbers', () => {
    const { ir } = sample(recipe(5));
    const [predict, explain] = [predictImage(ir), explainImage(ir) as Uint8Array];
    for (const length of [0, 9, 40, explain.length >> 1, explain.length - 1])
      expect(() => loadExplainer(predict, explain.subarray(0, length))).toThrow(/no image/);
    const older = explain.slice();
    older[4] = 0;
    expect(() => loadExplainer(predict, older)).toThrow(/another version/);
    expect(() => loadExplainer(explain, predict)).toThrow();
  });

  test('there are none of trees that are not added', () => {
    const core = stumps([[0, 0, 1, 2]], { combine: 'largest' });
    expect(explainImage(irOf({ core }))).toBeNull();
  });
});
