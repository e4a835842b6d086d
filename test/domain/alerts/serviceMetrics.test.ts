import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile } from '../../../domain/aggregates/latency.ts';
import { metricsOf, type Timed } from '../../../domain/aggregates/metrics.ts';
import { emptyStep } from '../../../domain/aggregates/tally.ts';
import { hour, minute } from '../../../domain/aggregates/time.ts';
import { replay } from '../../../domain/alerts/backtest.ts';
import { trafficWithin } from '../../../domain/alerts/metrics/minutes.ts';
import { serviceReplay } from '../../../domain/alerts/metrics/replays.ts';
import { service, serviceWindows, trafficOf } from '../../../domain/alerts/metrics/service.ts';
import { type Asked, holds } from '../../../domain/alerts/metrics/verdict.ts';
import { noon } from '../aggregates/samples.ts';
import { deploymentId, ruleOf, sumsOf } from './samples.ts';

const errors = (more: Partial<Asked> = {}) => ({ ...ruleOf(more), metric: 'error_rate' as const });
const slow = (more: Partial<Asked> = {}) => ({ ...ruleOf(more), metric: 'latency_p99' as const });
const all = (traffic: ReturnType<typeof trafficOf>) => () => traffic;

test('the error rate is in percent of rows, and counts refused inputs unless it is of the server alone', () => {
  const traffic = trafficOf([sumsOf({ 200: 150, 422: 20 }), sumsOf({ 200: 20, 500: 9, 503: 1 })]);
  expect(service(errors(), all(traffic), noon)).toMatchObject({ verdict: 'breach', value: 15, n: 200 });
  const server = errors({ params: { only: 'server' }, threshold: 5 });
  expect(service(server, all(traffic), noon)).toMatchObject({ verdict: 'clear', value: 5, n: 200 });
});

test('the latency is the nearest rank of requests, in the middle of its bucket', () => {
  const of = (n: number) => trafficOf([sumsOf({ 200: n }, { 10: n - 2, 30: 2 })]);
  const middle = (bucket: number) => 1.15 ** (bucket - 0.5);
  // ⌈0.99 · 199⌉ = 198 is the first of the slow ones, ⌈0.99 · 200⌉ = 198 the last of the others.
  expect(service(slow(), all(of(199)), noon)).toMatchObject({ value: middle(30), n: 199 });
  expect(service(slow(), all(of(200)), noon)).toMatchObject({ value: middle(10), n: 200 });
  expect(service(slow(), all(of(99)), noon)).toMatchObject({ verdict: 'no_data', n: 99 });
});

test('windows are whole lanes and the open one, and grow until they hold enough', () => {
  const at = noon + 7 * minute;
  const starts = (rule: Asked) => serviceWindows(rule, at).map(({ from }) => (noon - from) / minute);
  expect(starts(errors())).toEqual([10, 20, 40, 60]);
  expect(starts(errors({ window_minutes: 30 }))).toEqual([30, 40, 60]);
  expect(starts(errors({ window_minutes: 25 }))).toEqual([30, 40, 60]);
  expect(starts(errors({ window_minutes: 1440 }))).toEqual([1440]);
  // Nine rows in every lane: the open one, and those of 10, 20, 30 … minutes before.
  const lanes = Array.from({ length: 8 }, (_, i) => ({
    start: noon - i * 10 * minute,
    sums: sumsOf({ 200: 9 }),
  }));
  const trafficIn = ({ from }: { from: number }) =>
    trafficOf(lanes.filter(({ start }) => start >= from).map(({ sums }) => sums));
  const found = (least: number) => service(errors({ min_samples: least }), trafficIn, at);
  expect([18, 19, 27, 28, 45, 46, 63].map((least) => found(least).n)).toEqual([18, 27, 27, 45, 45, 63, 63]);
  expect(found(64)).toMatchObject({ verdict: 'no_data', n: 63 });
  expect(found(18).window).toEqual({ from: '2026-06-15T11:50:00Z', to: '2026-06-15T12:07:00Z' });
});

test('nothing is rounded before it is compared', () => {
  const [a, b] = [0.1 + 0.2, 0.3];
  const found = Object.entries(holds).map(([operator, of]) => [operator, of(a, b), of(b, b), of(b, a)]);
  expect(found).toEqual([
    ['gt', true, false, false],
    ['lt', false, false, true],
    ['gte', true, true, false],
    ['lte', false, true, true],
    ['eq', false, true, false],
    ['neq', true, false, true],
  ]);
});

const someMinutes = fc.array(
  fc.record({
    i: fc.integer({ min: -20, max: 200 }),
    rows: fc.nat(40),
    bucket: fc.integer({ min: 0, max: 75 }),
  }),
  { maxLength: 60 },
);
const timed = (i: number, rows: number, errorRows: number, bucket: number): Timed => {
  const step = { ...emptyStep(), at: noon + i * minute, requests: rows, rows, errors: errorRows };
  step.latency[bucket] = rows;
  return step;
};

test('every window of past minutes is the sum of its minutes, as the service metrics have it', () => {
  fc.assert(
    fc.property(someMinutes, fc.nat(180), fc.nat(90), (some, end, length) => {
      const parts = some.map(({ i, rows, bucket }) => timed(i, rows, Math.floor(rows / 3), bucket));
      const span = { from: noon, to: noon + 180 * minute };
      const of = { from: noon + Math.max(0, end - length) * minute, to: noon + end * minute };
      const found = trafficWithin(parts, span, () => 0.5)(of);
      const inside = parts.filter(({ at }) => at >= of.from && at < of.to);
      const figures = metricsOf(inside, { since: noon - 3 * hour, until: noon + 9 * hour, step: hour });
      expect([found.requests, found.rows, found.errors, 2 * found.server]).toEqual([
        figures.requests,
        figures.rows,
        figures.errors,
        figures.errors,
      ]);
      expect(percentile(found.latency, 0.99)).toBe(figures.latency.p99);
    }),
    { numRuns: 200 },
  );
});

test('three breaches of the last five verdicts fire, wherever they lie; two do not', () => {
  const fired = (breaching: readonly number[], needed: { breaches: number; of: number } | null = null) => {
    const outcomes = Array.from({ length: 12 }, (_, i) => {
      const traffic = trafficOf([sumsOf({ 200: 40, 500: breaching.includes(i) ? 60 : 0 })]);
      return { at: noon + i * minute, outcome: service(errors(), all(traffic), noon + i * minute) };
    });
    const { incidents } = replay(ruleOf({ for: needed }), deploymentId, outcomes, noon);
    return incidents.map(({ from }) => (Date.parse(from) - noon) / minute);
  };
  expect(fired([2, 4, 6])).toEqual([6]);
  expect(fired([1, 2, 6, 7])).toEqual([]);
  expect(fired([0, 1, 5, 6, 7])).toEqual([7]);
  expect(fired([3], { breaches: 1, of: 1 })).toEqual([3]);
  expect(fired([1, 2, 3, 4, 6, 7, 8, 9], { breaches: 4, of: 4 })).toEqual([4]);
});

test('a replay has a turn every minute, and opens and closes what the evaluator would', () => {
  const bad = Array.from({ length: 20 }, (_, i) => timed(30 + i, 10, 8, 3));
  const good = Array.from({ length: 60 }, (_, i) => timed(50 + i, 100, 0, 3));
  const span = { from: noon, to: noon + 2 * hour };
  const all = { from: noon - hour, to: span.to };
  const evaluations = serviceReplay(
    errors({ threshold: 25 }),
    trafficWithin([...bad, ...good], all, () => 0),
    span,
  );
  const { incidents, ...told } = replay(ruleOf({ threshold: 25 }), deploymentId, evaluations, noon);
  expect(told).toEqual({ would_have_fired: 1, evaluations: 120 });
  // Twenty rows are there at 12:32. At 12:53 the window has 80 failures of 400 rows, which is clear for the first time.
  expect(incidents).toEqual([{ from: '2026-06-15T12:34:00Z', to: '2026-06-15T12:54:00Z', value: 80, n: 40 }]);
});
