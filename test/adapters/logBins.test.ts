import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packBins, unpackBins } from '../../adapters/logs/logBins.ts';
import { countsOf } from '../../domain/aggregates/lane.ts';

const rowOf = (parts: number, most: number) =>
  fc.array(fc.integer({ min: 0, max: most }), { minLength: parts, maxLength: parts });
/** Rows of equal parts, some with few bins and some with many. */
const rows = fc
  .record({ parts: fc.integer({ min: 0, max: 40 }), most: fc.constantFrom(10, 14, 15, 52, 255) })
  .chain(({ parts, most }) => fc.array(rowOf(parts, most), { minLength: 1, maxLength: 60 }))
  .map((each) => each.map((row) => Uint8Array.from(row)));

test('what is packed is unpacked: row by row, or as the counts of those rows', () => {
  fc.assert(
    fc.property(rows, (each) => {
      const bins = unpackBins(packBins(each), each.length);
      if ('each' in bins) expect(bins.each).toEqual(each);
      else expect(bins.counts).toEqual(countsOf(each));
    }),
  );
});

test('bytes that are no bins are an error of range or of inflating, never other bins', () => {
  const counted = packBins(Array.from({ length: 100 }, (_, i) => Uint8Array.of(i % 9)));
  for (const [bytes, count] of [
    [[], 1],
    [[3, 0], 1],
    [[0x01, 0xf0], 1],
    [[0x01, 0x12, 0x34], 3],
    [[0x02, 1, 2, 3], 9],
    [[...counted.subarray(0, -3)], 100],
  ] as const)
    expect(() => unpackBins(Uint8Array.from(bytes), count), String(bytes)).toThrow();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (bytes, count) => {
      try {
        const bins = unpackBins(bytes, count);
        if ('each' in bins) expect(bins.each).toHaveLength(count);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});

describe('the size of what is packed', () => {
  const deciles = (rows: number, parts: number) =>
    Array.from({ length: rows }, (_, row) =>
      Uint8Array.from({ length: parts }, (_, i) => (row * 7 + i * 3) % 10),
    );
  test.each([
    ['a row of a hundred features with label and score', 1, 102, 52],
    ['five rows of thirty', 5, 32, 81],
    ['a hundred rows of thirty', 100, 32, 260],
    ['a thousand rows of thirty', 1000, 32, 260],
  ])('of %s', (_, rows, parts, most) =>
    expect(packBins(deciles(rows, parts)).length).toBeLessThanOrEqual(most),
  );

  test('of a thousand rows of five hundred features is that of their counts', () => {
    expect(packBins(deciles(1000, 502)).length).toBeLessThan(2000);
  });
});
