import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lagCounter, medianLag } from '../../../domain/quality/lag.ts';
import { merge, type Sums } from '../../../domain/quality/sums.ts';

describe('the median lag', () => {
  test('is within 7.5 % of the exact one', () => {
    const lag = fc.double({ min: 1, max: 6e7, noNaN: true });
    fc.assert(
      fc.property(fc.array(lag, { minLength: 1, maxLength: 99 }), (lags) => {
        const exact = lags.toSorted((a, b) => a - b)[Math.ceil(lags.length / 2) - 1] as number;
        const told = medianLag(merge(lags.map((seconds): Sums => new Map([[lagCounter(seconds), 1n]]))));
        expect((told as number) / exact).toBeGreaterThan(1 / 1.0751);
        expect((told as number) / exact).toBeLessThan(1.0751);
      }),
    );
  });

  test.each([
    [-5, 'lag:0'],
    [0, 'lag:0'],
    [0.999, 'lag:0'],
    [1, 'lag:1'],
    [1.15, 'lag:2'],
    [1.15 ** 40, 'lag:41'],
    [1e300, 'lag:131'],
    [Number.NaN, 'lag:0'],
  ])('%d s is counted in %s', (seconds, counter) => expect(lagCounter(seconds)).toBe(counter));

  test('has buckets that begin exactly at their border', () => {
    const borders = Array.from({ length: 130 }, (_, i) => 1.15 ** i);
    const before = (x: number) => x * (1 - 2 ** -52);
    expect(borders.map(lagCounter)).toEqual(borders.map((_, i) => `lag:${i + 1}`));
    expect(borders.map((x) => lagCounter(before(x)))).toEqual(borders.map((_, i) => `lag:${i}`));
  });
});
