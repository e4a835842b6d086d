import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packProbabilities, unpackProbabilities } from '../../adapters/logs/logProbabilities.ts';

const share = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 1, 1e-15, 1e-40, 1 - 2 ** -53),
);
const rowsOf = (classes: number) =>
  fc.array(fc.array(share, { minLength: classes, maxLength: classes }), { minLength: 1, maxLength: 200 });
const unpacked = (rows: number[][]) =>
  unpackProbabilities(packProbabilities(rows) ?? new Uint8Array(), rows.length);

test('of two classes both probabilities are kept to seven digits, however near to 0 one is', () => {
  fc.assert(
    fc.property(fc.array(share, { minLength: 1, maxLength: 200 }), fc.boolean(), (firsts, turned) => {
      const rows = firsts.map((first) => (turned ? [1 - first, first] : [first, 1 - first]));
      for (const [i, kept] of unpacked(rows).entries())
        for (const [c, found] of kept.entries()) {
          const exact = rows[i]?.[c] ?? 0;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(6e-8 * exact + 1.5e-45);
        }
    }),
  );
});

test('of several classes each probability is kept to three digits, but 0 for one below 1e-18', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 20 }).chain(rowsOf), (rows) => {
      for (const [i, kept] of unpacked(rows).entries())
        for (const [c, found] of kept.entries()) {
          const exact = rows[i]?.[c] ?? 0;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 2048 + 1.1e-19);
          expect(found).toBeLessThanOrEqual(1);
        }
    }),
  );
});

test('of one class, and of more than twenty, none are kept', () => {
  for (const classes of [0, 1, 21]) expect(packProbabilities([new Array(classes).fill(0.1)])).toBeUndefined();
});

test('bytes that are none of so many rows are refused', () => {
  const packed = packProbabilities([[0.1, 0.9]]) as Uint8Array;
  expect(() => unpackProbabilities(packed, 2)).toThrow(RangeError);
  expect(() => unpackProbabilities(new Uint8Array(), 1)).toThrow(RangeError);
  expect(() => unpackProbabilities(Uint8Array.of(130, 1, 2, 3), 1)).toThrow();
});

describe('the size of what is packed', () => {
  const rows = (n: number, classes: number) =>
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: classes }, (_, c) => Math.abs(Math.sin(i * 31 + c)) / classes),
    );
  test.each([
    ['a row of two classes', 1, 2, 5],
    ['five rows of twenty', 5, 20, 201],
    ['a thousand rows of two', 1000, 2, 4001],
    ['a thousand rows of twenty', 1000, 20, 40_001],
  ])('of %s', (_, n, classes, most) =>
    expect(packProbabilities(rows(n, classes))?.length).toBeLessThanOrEqual(most),
  );
});
