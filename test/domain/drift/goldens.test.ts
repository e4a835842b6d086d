import { describe, expect, test } from 'vitest';
import { js, ks, wasserstein } from '../../../domain/drift/distances.ts';
import { noiseBound } from '../../../domain/drift/noise.ts';
import { psi } from '../../../domain/drift/psi.ts';
import { distances, haveGoldens, noises, psis, readGoldens } from './published.ts';

/** Relative distance; absolute near 0. */
const off = (actual: number | null, expected: number) =>
  Math.abs((actual ?? Number.NaN) - expected) / Math.max(Math.abs(expected), 1e-3);

/** One bin for each value that either list has. */
function perValue(x: readonly number[], y: readonly number[]) {
  const places = [...new Set([...x, ...y])].toSorted((a, b) => a - b);
  const counted = (list: readonly number[]) => places.map((place) => list.filter((v) => v === place).length);
  return { places, x: counted(x), y: counted(y) };
}

const range = (from: number) => Array.from({ length: 100 }, (_, i) => from + i);

describe('the published numbers', () => {
  test.each(psis)('PSI: %s', (_, expected, actual, floor, value) =>
    expect(off(psi(expected, actual, floor), value)).toBeLessThan(1e-12),
  );

  test.each(noises)('noise of %i rows against %i in %i bins', (rows, live, bins, tail, bound) =>
    expect(off(noiseBound(rows, live, bins, tail), bound)).toBeLessThan(1e-12),
  );

  test.each(distances)('Jensen-Shannon: %s', (_, expected, actual, value) =>
    expect(off(js(expected, actual), value)).toBeLessThan(1e-9),
  );

  test('0…99 against 50…149 is half apart, by 50 (deepchecks)', () => {
    const { x, y, places } = perValue(range(0), range(50));
    expect(off(ks(x, y), 0.5)).toBeLessThan(1e-12);
    expect(off(wasserstein(x, y, places), 50)).toBeLessThan(1e-12);
  });
});

if (!haveGoldens) console.error('The goldens of drift are not here: only the published numbers are tested.');

describe.skipIf(!haveGoldens)('every golden of numpy and scipy', () => {
  if (!haveGoldens) return;
  const goldens = readGoldens();

  test('there are as many as are documented', () => {
    const { psi_counts, noise, two_sample, counts_tests } = goldens;
    expect([psi_counts, noise, two_sample, counts_tests].map((list) => list.length)).toEqual([10, 3, 3, 3]);
  });

  test.each(goldens.psi_counts)('PSI: $name', ({ expected, actual, eps, psi: value }) =>
    expect(off(psi(expected, actual, eps), value)).toBeLessThan(1e-9),
  );

  test.each(goldens.noise)('noise of $bins bins', ({ N, M, bins, p, threshold }) =>
    expect(off(noiseBound(N, M, bins, p), threshold)).toBeLessThan(1e-12),
  );

  test.each(goldens.counts_tests)('Jensen-Shannon: $name', ({ expected, actual, js_distance_base2 }) =>
    expect(off(js(expected, actual), js_distance_base2)).toBeLessThan(1e-9),
  );

  test.each(goldens.two_sample)('two samples: $name', (golden) => {
    const { x, y, places } = perValue(golden.x, golden.y);
    const distance = wasserstein(x, y, places);
    const mean = golden.x.reduce((sum, v) => sum + v, 0) / golden.x.length;
    const sigma = Math.sqrt(golden.x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / golden.x.length);
    expect(off(ks(x, y), golden.ks)).toBeLessThan(1e-9);
    expect(off(distance, golden.wasserstein)).toBeLessThan(1e-9);
    expect(off((distance ?? 0) / sigma, golden.wasserstein_norm_evidently)).toBeLessThan(1e-9);
  });
});
