import { describe, expect, test } from 'vitest';
import { boundOfFew } from '../../../domain/drift/fewRows.ts';
import { chiSquareQuantile, noiseBound } from '../../../domain/drift/noise.ts';
import { occupied, psi } from '../../../domain/drift/psi.ts';
import { chance } from '../aggregates/samples.ts';
import { range } from './samples.ts';

const deciles = range(10).map(() => 1);
/** As the words of a text, or the customers of a shop: the tenth is a tenth as frequent as the first. */
const words = range(50).map((i) => 1 / (i + 1));
const faults = [900, 50, 30, 10, 5, 3, 2];

/** Draws counts of so many rows with these weights, the same for the same seed. */
function drawing(weights: readonly number[], seed: number) {
  const random = chance(seed);
  const all = weights.reduce((sum, weight) => sum + weight);
  let sum = 0;
  const borders = Float64Array.from(weights, (weight) => {
    sum += weight / all;
    return sum;
  });
  const binOf = () => {
    const at = random();
    let [low, high] = [0, borders.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at < (borders[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (rows: number) => {
    const counts = weights.map(() => 0);
    for (let i = 0; i < rows; i++) {
      const bin = binOf();
      counts[bin] = (counts[bin] as number) + 1;
    }
    return counts;
  };
}

/** Of windows without drift, the shares that are above the bound of χ², and above both bounds. */
function falseAlarms(weights: readonly number[], rows: number, live: number, windows: number) {
  const draw = drawing(weights, live + weights.length);
  let [above, told] = [0, 0];
  for (let i = 0; i < windows; ) {
    const baseline = draw(rows);
    const few = boundOfFew(baseline, live) ?? 0;
    for (const end = i + 100; i < end; i++) {
      const window = draw(live);
      const index = psi(baseline, window);
      const bound = noiseBound(rows, live, occupied(baseline, window)) ?? 0;
      if (index > bound) above++;
      if (index > Math.max(bound, few)) told++;
    }
  }
  return { above: above / windows, told: told / windows };
}

describe('where bins hold few rows', () => {
  test.each([
    ['deciles', deciles, 200, 0.001],
    ['fifty words', words, 200, 0.3],
    ['fifty words', words, 500, 0.05],
    ['rare faults', faults, 200, 0.005],
  ])('no more than one window of a thousand is above noise by chance: %s, %#', (_, weights, live, before) => {
    const { above, told } = falseAlarms(weights, 10_000, live, 20_000);
    expect(above).toBeGreaterThan(before);
    expect(told).toBeLessThanOrEqual(0.001);
  });

  test.each([1000, 10_000, 100_000])('a bound of %i rows a bin is that of χ²', (rows) => {
    // One bin with few rows makes all be summed, and weighs next to nothing.
    const counts = [...deciles.map(() => rows), 49];
    const plain = chiSquareQuantile(0.0005, 10) * (1 / (10 * rows + 49) + 1 / (10 * rows));
    expect((boundOfFew(counts, 10 * rows) ?? 0) / plain - 1).toBeCloseTo(0, 2);
  });

  test('there is no other bound than that of χ² where all hold enough, nor where one side is empty', () => {
    expect(boundOfFew([1000, 1000], 100)).toBeNull();
    expect(boundOfFew([1000, 1000], 99)).toBeGreaterThan(noiseBound(2000, 99, 2) ?? 1);
    for (const [counts, live] of [[[0, 0], 200] as const, [[5, 5], 0] as const, [[9, 0], 200] as const])
      expect(boundOfFew(counts, live)).toBeNull();
  });

  test('a window of any size is judged soon', () => {
    const started = performance.now();
    expect(boundOfFew([3, 40, 999_957], 1e9)).toBeCloseTo(boundOfFew([3, 40, 999_957], 2e7) ?? 0, 12);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
