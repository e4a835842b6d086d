import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encoder } from '../../scoring/evaluate/encoding.ts';
import { reference } from '../../scoring/evaluate/reference.ts';
import type { Slot } from '../../scoring/ir.ts';
import { irOf, linearOf, numbers, stumps } from './irs.ts';

const plain = { subtract: 0, multiply: 1, divide: 1, add: 0, missing: Number.NaN };
const slots: Slot[] = [
  { kind: 'number', feature: 0, subtract: 3, multiply: 4, divide: 5, add: 6, missing: 7 },
  { kind: 'number', feature: 0, ...plain, zero: Number.NaN },
  { kind: 'lookup', feature: 1, values: [10, 20, 30], other: -1, missing: -2 },
  { kind: 'hot', feature: 1, code: 1, hot: 1, cold: 0, missing: 0.5 },
  { kind: 'hot', feature: 1, code: -1, hot: 1, cold: 0, missing: 1 },
];
const encoded = (row: number[], compare: 'f32' | 'f64' = 'f64') => [
  ...encoder(slots, compare)(Float64Array.from(row)),
];

describe('columns are made of features', () => {
  test.each([
    [
      [13, 1],
      [14, 13, 20, 1, 0],
    ],
    [
      [0, 2],
      [3.6, Number.NaN, 30, 0, 0],
    ],
    [
      [Number.NaN, Number.NaN],
      [7, Number.NaN, -2, 0.5, 1],
    ],
    [
      [3, 9],
      [6, 3, -1, 0, 0],
    ],
  ])('%j becomes %j', (row, expected) => {
    expect(encoded(row)).toEqual(expected);
  });

  test('in single precision what is shown is rounded, and what rounds to zero is zero', () => {
    expect(encoded([0.1, 0], 'f32').slice(0, 2)).toEqual([
      Math.fround(((0.1 - 3) * 4) / 5 + 6),
      Math.fround(0.1),
    ]);
    expect(encoded([1e-60, 0], 'f32')[1]).toBeNaN();
    expect(encoded([1e-60, 0], 'f64')[1]).toBe(1e-60);
  });

  test('a scaled number is rounded once, at the end', () => {
    const above = 2 ** 24 + 1;
    const scale: Slot = { kind: 'number', feature: 0, ...plain, subtract: 2 ** 24, divide: 3 };
    // Rounded first it would be 2 ** 24, and 0 in the end.
    expect([...encoder([scale], 'f32')(Float64Array.of(above))]).toEqual([Math.fround(1 / 3)]);
  });
});

const features = 3;
const anySlot: fc.Arbitrary<Slot> = fc.oneof(
  fc.record({
    kind: fc.constant('number' as const),
    feature: fc.nat(features - 1),
    subtract: fc.integer({ min: -2, max: 2 }),
    multiply: fc.constantFrom(-1, 0.5, 2),
    divide: fc.constantFrom(1, 3),
    add: fc.constantFrom(0, 1),
    missing: fc.constantFrom(0, 1, Number.NaN),
  }),
  fc.record({
    kind: fc.constant('lookup' as const),
    feature: fc.nat(features - 1),
    values: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 4 }),
    other: fc.constantFrom(0, -5),
    missing: fc.constantFrom(9, Number.NaN),
  }),
  fc.record({
    kind: fc.constant('hot' as const),
    feature: fc.nat(features - 1),
    code: fc.nat(3),
    hot: fc.constantFrom(1, 2),
    cold: fc.constantFrom(0, Number.NaN),
    missing: fc.constantFrom(0, 1, Number.NaN),
  }),
);
const anyRow = fc.tuple(
  ...Array.from({ length: features }, () => fc.constantFrom(0, 1, 2, 3, 7, Number.NaN)),
);
const anyStump = fc.tuple(fc.nat(5), fc.integer({ min: -2, max: 2 }), fc.integer(), fc.integer());
const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);

describe('contributions through an encoding', () => {
  const cases = fc.tuple(
    fc.array(anySlot, { minLength: 6, maxLength: 6 }),
    fc.array(anyStump, { minLength: 1, maxLength: 6 }),
    anyRow,
  );

  test('add up to the margin, per column and per feature, and a feature without a column has none', () => {
    fc.assert(
      fc.property(cases, ([encoding, splits, row]) => {
        const core = stumps(splits as [number, number, number, number][], { base: Float64Array.of(0.5) });
        const model = reference(irOf({ core, encoding, features: numbers(features) }));
        const x = Float64Array.from(row);
        const [margin = Number.NaN] = model.margin(x);
        const perColumn = model.explainSlots(x);
        const perFeature = model.explain(x);
        const close = Math.max(1, Math.abs(margin)) * 1e-9 + sum(core.leaf.map(Math.abs)) * 1e-15;
        expect(Math.abs(sum(perColumn) - margin)).toBeLessThanOrEqual(close);
        expect(Math.abs(sum(perFeature) - margin)).toBeLessThanOrEqual(close);
        expect(perFeature.at(-1)).toBe(perColumn.at(-1));
        for (let feature = 0; feature < features; feature++) {
          const own = perColumn.filter((_, i) => encoding[i]?.feature === feature);
          expect(perFeature[feature]).toBe(sum(own));
          if (own.length === 0) expect(perFeature[feature]).toBe(0);
        }
      }),
    );
  });

  test('of a linear model are value times weight, the bias and the base last, output by output', () => {
    const core = linearOf([2, -1, 3, 5, 0.25, 0], [10, 20], [1, 2]);
    const encoding: Slot[] = [
      { kind: 'hot', feature: 1, code: 0, hot: 1, cold: 0, missing: 0 },
      { kind: 'hot', feature: 1, code: 1, hot: 1, cold: 0, missing: 0 },
      { kind: 'number', feature: 0, ...plain, subtract: 1 },
    ];
    const output = { kind: 'multinomial', classes: ['a', 'b'], link: 'softmax' } as const;
    const model = reference(
      irOf({ core, encoding, output: { ...output, classes: ['a', 'b'], scale: 1, targets: 1, divisor: 1 } }),
    );
    const row = Float64Array.of(5, 1);
    expect([...model.margin(row)]).toEqual([3 + 0.25 * 4 + 11, 5 + 22]);
    expect([...model.explainSlots(row)]).toEqual([0, 3, 1, 11, -0, 5, 0, 22]);
    expect([...model.explain(row)]).toEqual([1, 3, 11, 0, 5, 22]);
    // Missing adds nothing, and neither does an unseen level.
    expect([...model.explain(Float64Array.of(Number.NaN, Number.NaN))]).toEqual([0, 0, 11, 0, 0, 22]);
  });
});

describe("H2O's scaling of a random forest's contributions", () => {
  const core = stumps([
    [0, 0.5, 0.25, 0.75],
    [0, 1.5, 0.5, 0.125],
    [1, 0.5, 0.375, 0.625],
  ]);
  const rows = [
    [0, 0],
    [1, 1],
    [2, 0],
  ].map((row) => Float64Array.from(row));
  const raw = reference(irOf({ core, features: numbers(3) }));

  test('of a regression divides by the trees', () => {
    const model = reference(
      irOf({
        core,
        features: numbers(3),
        contributions: { available: true, rescale: { trees: 3, from: null } },
      }),
    );
    for (const row of rows) {
      expect([...model.explain(row)]).toEqual([...raw.explain(row)].map((v) => v / 3));
      expect(sum(model.explain(row))).toBeCloseTo(model.exactMargin(row)[0] ?? Number.NaN, 12);
      expect(model.exactMargin(row)[0]).toBe((raw.exactMargin(row)[0] ?? Number.NaN) / 3);
      expect(model.unexplained(row)).toBeLessThan(1e-15);
    }
  });

  test('of two classes takes each entry that is not 0 from its share of 1', () => {
    const from = Math.fround(1 / 3);
    const output = { kind: 'binomial', classes: ['no', 'yes'], link: 'complement', divisor: 3 } as const;
    const model = reference(
      irOf({
        core,
        features: numbers(3),
        output: { ...output, classes: ['no', 'yes'], scale: 1, targets: 1 },
        contributions: { available: true, rescale: { trees: 3, from } },
      }),
    );
    for (const row of rows) {
      const expected = [...raw.explain(row)].map((v) => (v === 0 ? 0 : from - v / 3));
      expect([...model.explain(row)]).toEqual(expected);
      expect(model.explain(row)[2]).toBe(0);
      const p1 = model.predict(row).probabilities?.yes ?? Number.NaN;
      // H2O's share is in single precision.
      expect(sum(model.explain(row))).toBeCloseTo(p1, 6);
      expect(sum(model.explain(row)) + 1 - 3 * from).toBeCloseTo(p1, 12);
      expect(model.exactMargin(row)[0]).toBe(p1);
      expect(model.unexplained(row)).toBeLessThan(1e-15);
    }
  });
});
