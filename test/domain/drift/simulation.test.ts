import { expect, test } from 'vitest';
import { normals } from '../../../bench/drift/normals.ts';
import { featureDrift } from '../../../domain/drift/feature.ts';
import { binOf } from '../../../domain/drift/quantiles.ts';
import { featureOf, range } from './samples.ts';

const baseline = 10_000;

/** How many of so many windows of a normal feature are above noise, and are material; the same on every run. */
function simulated(windows: number, rows: number, shift: number) {
  const normal = normals(7);
  const found = range(windows).map(() => {
    const feature = featureOf(range(baseline).map(normal));
    if (feature.type !== 'numeric') throw new Error(feature.type);
    const live = feature.counts.map(() => 0);
    for (let i = 0; i < rows; i++) {
      const bin = binOf(feature.edges, normal() + shift);
      live[bin] = (live[bin] as number) + 1;
    }
    return featureDrift(feature, live);
  });
  return {
    noisy: found.filter(({ above_noise }) => above_noise).length / windows,
    material: found.filter(({ psi }) => psi >= 0.1).length / windows,
  };
}

test('without drift, windows of 500 rows are hardly ever above noise and never material', () => {
  const { noisy, material } = simulated(400, 500, 0);
  expect(noisy).toBeLessThanOrEqual(0.01);
  expect(material).toBe(0);
});

test('a shift of half a standard deviation is found in 500 rows', () => {
  const { noisy, material } = simulated(200, 500, 0.5);
  expect(noisy).toBe(1);
  expect(material).toBeGreaterThanOrEqual(0.99);
});
