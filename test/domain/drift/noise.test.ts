import { describe, expect, test } from 'vitest';
import { logGamma, upperGamma } from '../../../domain/drift/gamma.ts';
import { chiSquareQuantile, noiseBound } from '../../../domain/drift/noise.ts';

const off = (actual: number, expected: number) => Math.abs(actual - expected) / Math.abs(expected || 1);

/** scipy 1.17.1, chi2.isf. */
const quantiles: [tail: number, freedom: number, x: number][] = [
  [0.999, 1, 1.570797149262492e-6],
  [0.999, 9, 1.1519495462235645],
  [0.999, 52, 26.06507708595388],
  [0.999, 1000, 867.479082607277],
  [0.5, 1, 0.4549364231195724],
  [0.5, 2, 1.386294361119891],
  [0.5, 200, 199.33372983863097],
  [0.05, 1, 3.8414588206941285],
  [0.05, 9, 16.91897760462045],
  [0.05, 52, 69.83216033984814],
  [0.001, 1, 10.827566170662733],
  [0.001, 2, 13.815510557964274],
  [0.001, 3, 16.26623619623813],
  [0.001, 9, 27.877164871256575],
  [0.001, 10, 29.58829844507442],
  [0.001, 52, 89.27215083430448],
  [0.001, 200, 267.5405278227572],
  [0.001, 1000, 1143.9170926196791],
  [1e-6, 9, 44.81093787068782],
  [1e-12, 1, 50.844127911818155],
  [1e-12, 52, 158.6841707455661],
  [1e-12, 1000, 1347.620053856608],
];

/** scipy 1.17.1, special.gammaincc. */
const tails: [a: number, x: number, q: number][] = [
  [0.5, 0.1, 0.6547208460185768],
  [0.5, 20, 2.5396285894708634e-10],
  [4.5, 3, 0.7399182920946538],
  [4.5, 14, 0.0009538672166057459],
  [26, 20, 0.8878150272820301],
  [26, 60, 2.700849778310138e-7],
  [500, 450, 0.9892827619087102],
  [500, 600, 1.2255942330622893e-5],
];

describe('the bound of noise', () => {
  test.each(quantiles)('χ² is exceeded with probability %d at %i degrees of freedom', (tail, freedom, x) =>
    expect(off(chiSquareQuantile(tail, freedom), x)).toBeLessThan(1e-12),
  );

  test.each(tails)('Q(%d, %d)', (a, x, q) => expect(off(upperGamma(a, x), q)).toBeLessThan(1e-12));

  test.each([
    [0.5, Math.log(Math.PI) / 2],
    [1, 0],
    [4.5, 2.4537365708424423],
    [26, 58.00360522298052],
    [500, 2605.115850361734],
  ])('ln Γ(%d)', (a, value) => expect(off(logGamma(a), value)).toBeLessThan(1e-14));

  test('one bin cannot drift by chance, and no bound is known without rows', () => {
    expect(noiseBound(1000, 500, 1)).toBe(0);
    expect(noiseBound(1000, 0, 10)).toBeNull();
    expect(noiseBound(0, 500, 10)).toBeNull();
  });

  test.each([
    [50, 0.56],
    [100, 0.282],
    [200, 0.142],
    [500, 0.059],
    [1000, 0.031],
    [5000, 0.0084],
  ])('of ten bins and %i rows against 10,000', (live, bound) =>
    expect(noiseBound(10_000, live, 10)).toSatisfy((x: number) => Math.abs(x / bound - 1) < 0.02),
  );
});
