import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyLane, fold, hourOfLanes } from '../../../domain/aggregates/lane.ts';
import { bucketOf, latencyBuckets, middleOf, percentile } from '../../../domain/aggregates/latency.ts';
import { aligned, metricsOf, pointsIn, stepFor, timed } from '../../../domain/aggregates/metrics.ts';
import { sourcesOf } from '../../../domain/aggregates/sources.ts';
import { below, chance, hour, noon, seeds, someFact } from './samples.ts';

const minute = 60_000;
const day = 24 * hour;

describe('latency', () => {
  test('has its buckets where the data page puts them', () => {
    expect([0, 0.999, 1, 1.149, 1.15, 1.32, 1.3225, 40_000, Number.MAX_VALUE].map(bucketOf)).toEqual([
      0, 0, 1, 1, 2, 2, 3, 75, 75,
    ]);
    expect([-1, Number.NaN].map(bucketOf)).toEqual([0, 0]);
    expect(latencyBuckets).toBe(76);
    for (let i = 1; i < 75; i++)
      expect([bucketOf(1.15 ** i), bucketOf(1.15 ** i * (1 - 1e-12))], `border ${i}`).toEqual([i + 1, i]);
  });

  test('a percentile is that of the sorted values, within 7.5 %', () => {
    const values = fc.array(fc.double({ min: 1, max: 35_000, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.95, 0.99, 1), (all, share) => {
        const counts = new Array<number>(latencyBuckets).fill(0);
        for (const value of all) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1;
        // In whole hundredths: what 0.95 · 20 is must not depend on rounding.
        const rank = Math.ceil((Math.round(share * 100) * all.length) / 100);
        const exact = all.toSorted((a, b) => a - b)[rank - 1] ?? 0;
        expect(Math.abs((percentile(counts, share) ?? 0) / exact - 1)).toBeLessThan(0.0751);
      }),
    );
  });

  test('of nothing there is no percentile, of the fastest it is half a millisecond', () => {
    expect(percentile([0, 0], 0.5)).toBeNull();
    expect(percentile([3, 0], 0.99)).toBe(0.5);
    expect(middleOf(1)).toBe(1.15 ** 0.5);
  });
});

describe('metrics', () => {
  test('the step is the smallest that a chart can show', () => {
    const steps = [1, 8, 9, 80, 84, 400, 501, 24 * 90].map(
      (hours) => stepFor({ since: noon - hours * hour, until: noon }) / minute,
    );
    expect(steps).toEqual([1, 1, 10, 10, 60, 60, 1440, 1440]);
    expect(pointsIn({ since: noon, until: noon + 1, step: minute })).toBe(1);
  });

  test('a range is widened to whole steps', () => {
    expect(aligned({ since: noon + 1, until: noon + hour + 1, step: hour })).toEqual({
      since: noon,
      until: noon + 2 * hour,
      step: hour,
    });
    expect(aligned({ since: noon, until: noon + hour, step: hour }).until).toBe(noon + hour);
  });

  test('every step is there, the sums are those of the logs, empty steps have no percentiles', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, 10, 60), (seed, step) => {
        const random = chance(seed);
        const facts = Array.from({ length: 30 }, (_, i) =>
          someFact(random, noon + below(random, 6) * 600_000, i),
        );
        const starts = [...new Set(facts.map(({ at }) => Math.floor(at / 600_000) * 600_000))];
        const lanes = starts.map((start) =>
          fold(
            emptyLane(start),
            facts.filter(({ at }) => at >= start && at < start + 600_000),
          ),
        );
        const range = { since: noon, until: noon + hour, step: step * minute };
        const { series, ...total } = metricsOf(lanes.flatMap(timed), range);
        expect(series.map(({ t }) => t)).toEqual(
          Array.from({ length: 60 / step }, (_, i) => noon + i * step * minute),
        );
        for (const point of series) {
          const own = facts.filter(({ at }) => at >= point.t && at < point.t + step * minute);
          const rows = own.reduce((sum, fact) => sum + fact.rows, 0);
          const errors = own.reduce((sum, fact) => sum + (fact.status >= 400 ? fact.rows : 0), 0);
          expect(point).toMatchObject({ requests: own.length, rows, errors });
          expect(point.error_rate).toBe(rows ? (100 * errors) / rows : 0);
          expect(point.latency.p50 === null).toBe(own.length === 0);
        }
        expect(total.requests).toBe(30);
        // Closed or open, the answer is the same.
        expect(metricsOf(timed(hourOfLanes(lanes, noon)), range)).toEqual({ series, ...total });
      }),
      { numRuns: 30 },
    );
  });

  test('what lies outside of the range is not counted', () => {
    const lane = fold(emptyLane(noon), [someFact(chance(5), noon, 1)]);
    const range = { since: noon - 2 * hour, until: noon, step: hour };
    expect(metricsOf(timed(lane), range)).toMatchObject({ requests: 0, error_rate: 0 });
    expect(metricsOf(timed(lane), { ...range, until: noon + 1 })).toMatchObject({ requests: 1 });
  });
});

test('rows that are read hold every hour once, and an open hour never by a closed row', () => {
  const hours = fc.integer({ min: 0, max: 24 * 5 });
  fc.assert(
    fc.property(hours, hours, fc.array(hours), fc.constantFrom('hour', 'day'), (a, b, opened, coarsest) => {
      const midnight = noon - 12 * hour;
      const [since, until] = [midnight + Math.min(a, b) * hour, midnight + (Math.max(a, b) + 1) * hour];
      const open = new Set(opened.map((i) => midnight + i * hour));
      const sources = sourcesOf({ since, until }, coarsest, open);
      const covered = [
        ...sources.days.flatMap((at) => Array.from({ length: 24 }, (_, i) => at + i * hour)),
        ...sources.hours,
        ...sources.open,
      ];
      expect(covered.toSorted((x, y) => x - y)).toEqual(
        Array.from({ length: (until - since) / hour }, (_, i) => since + i * hour),
      );
      expect(sources.open.every((of) => open.has(of))).toBe(true);
      expect(covered.filter((of) => open.has(of))).toHaveLength(sources.open.length);
      if (coarsest === 'hour') expect(sources.days).toEqual([]);
    }),
  );
  const month = sourcesOf({ since: noon, until: noon + 30 * day }, 'day', new Set());
  expect([month.days.length, month.hours.length]).toEqual([29, 24]);
});
