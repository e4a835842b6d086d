import { describe, expect, test } from 'vitest';
import { day, hour, minute } from '../../../domain/aggregates/time.ts';
import {
  accuracy,
  firstBaseline,
  registeredBaseline,
  windowBeside,
} from '../../../domain/alerts/metrics/accuracy.ts';
import { isDue, isLater, isMoved } from '../../../domain/alerts/metrics/cadence.ts';
import { type DriftSeen, drift, seenOf, seenOfPoint } from '../../../domain/alerts/metrics/drift.ts';
import { predictionDrift } from '../../../domain/alerts/metrics/prediction.ts';
import { staleness } from '../../../domain/alerts/metrics/staleness.ts';
import { outcomeOf } from '../../../domain/alerts/metrics/verdict.ts';
import { hoursBefore, hourToJudge, volume } from '../../../domain/alerts/metrics/volume.ts';
import { profileOf } from '../../../domain/drift/profiler.ts';
import { pointOf, storedOf } from '../../../domain/drift/stored.ts';
import { time } from '../../../domain/fields.ts';
import { errorSums } from '../../../domain/quality/errors.ts';
import type { Judge } from '../../../domain/quality/judge.ts';
import { labelSums } from '../../../domain/quality/labels.ts';
import { merge } from '../../../domain/quality/sums.ts';
import { noon } from '../aggregates/samples.ts';
import { number, regression, rowsOf, settings } from '../drift/samples.ts';
import { deploymentId, ruleOf } from './samples.ts';

const window = { from: '2026-06-08T12:00:00Z', to: '2026-06-15T12:00:00Z' };
const seen = (psi: Record<string, number>, above: string[], more: Partial<DriftSeen> = {}): DriftSeen => ({
  psi: new Map(Object.entries(psi)),
  above: new Set(above),
  monitored: new Set(Object.keys(psi)),
  rows: 500,
  window,
  ...more,
});

describe('drift', () => {
  const rule = ruleOf({ metric: 'drift_psi', operator: 'gte', threshold: 0.25 });

  test('is the largest PSI of what is more than chance, and names what breaches, the worst first', () => {
    const found = drift(rule, seen({ a: 0.25, b: 0.9, c: 0.4, d: 0.1 }, ['a', 'c', 'd']));
    expect(found).toEqual({ verdict: 'breach', value: 0.4, n: 500, window, features: ['c', 'a'] });
    expect(drift(rule, seen({ a: 0.3 }, []))).toEqual({ verdict: 'clear', value: 0.3, n: 500, window });
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, 1 + i]));
    const { features } = drift(rule, seen(many, Object.keys(many)));
    expect(features).toEqual(['f11', 'f10', 'f9', 'f8', 'f7', 'f6', 'f5', 'f4', 'f3', 'f2']);
  });

  test('leaves out what is not monitored, unless the rule names it; below 500 rows it says nothing', () => {
    const result = seen({ a: 0.9, b: 0.3 }, ['a', 'b'], { monitored: new Set(['b']) });
    expect(drift(rule, result)).toMatchObject({ value: 0.3, features: ['b'] });
    expect(drift({ ...rule, params: { feature: 'a' } }, result)).toMatchObject({
      value: 0.9,
      features: ['a'],
    });
    expect(drift({ ...rule, params: { feature: 'x' } }, result)).toMatchObject({ verdict: 'insufficient' });
    expect(drift({ ...rule, params: { feature: '__proto__' } }, result).value).toBeNull();
    expect(drift(rule, { ...result, rows: 499 })).toMatchObject({ verdict: 'insufficient', value: 0.3 });
    expect(drift({ ...rule, min_samples: 100 }, { ...result, rows: 100 }).verdict).toBe('breach');
    expect(drift(rule, { ...result, rows: 0 }).verdict).toBe('no_data');
  });

  test('an operator that looks down asks nobody about chance', () => {
    const down = { ...rule, operator: 'lt' as const };
    expect(drift(down, seen({ a: 0.2 }, []))).toEqual({ verdict: 'breach', value: 0.2, n: 500, window });
  });

  test('is judged alike from a result and from the little that is kept of it', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i);
    const rows = rowsOf(values).map(({ record }) => ({ record: { ...record, y: record.x }, prediction: 1 }));
    const profile = profileOf(rows, [number('x'), number('y')], regression);
    const counts = profile.features.map(({ counts }, i) =>
      counts.map((n, bin) => (i === 0 && bin < 5 ? 2 * n : n)),
    );
    const told = { ...settings, computed_at: settings.window.to, partial: false, ignore: ['y'] };
    const stored = storedOf(profile, { rows: 1500, counts }, told);
    const found = drift({ ...rule, threshold: 0.05 }, seenOf(stored));
    expect(found).toMatchObject({ verdict: 'breach', value: stored.max_psi, n: 1500, features: ['x'] });
    expect(drift({ ...rule, threshold: 0.05 }, seenOfPoint(pointOf(stored), stored.window))).toEqual(found);
  });
});

test('staleness is in days with their fraction, and never without a verdict', () => {
  const rule = ruleOf({ metric: 'model_staleness', operator: 'gt', threshold: 30 });
  const of = (age: number) => staleness(rule, time(noon - age), noon);
  expect(of(30 * day)).toMatchObject({ verdict: 'clear', value: 30 });
  expect(of(30 * day + 1)).toMatchObject({ verdict: 'breach', value: 30 + 1 / 86_400_000 });
  expect(of(-day)).toMatchObject({
    verdict: 'clear',
    value: -1,
    window: { from: time(noon), to: time(noon) },
  });
});

test('prediction drift is the PSI over the bins of the predictions', () => {
  const rule = ruleOf({ metric: 'prediction_anomaly', operator: 'gt', threshold: 0.25 });
  const prediction = {
    name: 'prediction',
    type: 'categorical',
    reads: 'text',
    categories: ['a', 'b'],
    others: [],
  };
  const profile = { prediction: { ...prediction, counts: [50, 50, 0, 0, 0] } } as unknown as Parameters<
    typeof predictionDrift
  >[1];
  const span = { from: noon - day, to: noon };
  const of = (counts: number[]) => predictionDrift(rule, profile, counts, span);
  const found = of([50, 150]);
  expect(found).toMatchObject({ verdict: 'breach', n: 200 });
  expect(found.value).toBeCloseTo(0.2746530721670274, 12);
  expect(of([50, 149])).toMatchObject({ verdict: 'insufficient', n: 199 });
  expect(of([])).toMatchObject({ verdict: 'no_data', value: null, n: 0 });
});

describe('volume', () => {
  const rule = ruleOf({
    metric: 'prediction_anomaly',
    params: { of: 'volume' },
    operator: 'gt',
    threshold: 4,
  });
  const of = (requests: number | null, before: number[]) => volume(rule, requests, before, noon);

  test('is in deviations of the same hour on the days before, and zero is a number', () => {
    // Median 100, deviations 0 5 5 10 10 20 30: the middle one is 10.
    const before = [100, 105, 95, 110, 90, 120, 70];
    expect(of(160, before)).toMatchObject({ verdict: 'breach', value: 60 / (1.4826 * 10), n: 7 });
    expect(of(0, before)).toMatchObject({ verdict: 'breach', value: 100 / (1.4826 * 10) });
    // Without spread it is that of a Poisson process; of nothing, one request.
    expect(of(120, new Array(28).fill(100))).toMatchObject({ verdict: 'clear', value: 2, n: 28 });
    expect(of(3, new Array(7).fill(0)).value).toBe(3);
    expect(of(5, [4, 6, 4, 6, 4, 6, 4, 6])).toMatchObject({ value: 0, n: 8 });
  });

  test('needs seven days, and an hour that the deployment lived through', () => {
    expect(of(100, new Array(6).fill(1))).toMatchObject({ verdict: 'insufficient', value: null, n: 6 });
    expect(of(null, new Array(28).fill(1))).toMatchObject({ verdict: 'insufficient', value: null });
    expect(hoursBefore(noon, noon - 8.5 * day)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((i) => noon - i * day));
    expect(hoursBefore(noon, 0)).toHaveLength(28);
    expect([0, 14, 15, 59].map((i) => hourToJudge(noon + i * minute) - noon)).toEqual(
      [-2, -2, -1, -1].map((i) => i * hour),
    );
  });
});

describe('accuracy', () => {
  const rule = ruleOf({ metric: 'accuracy_degradation', operator: 'gt', threshold: 0.05 });
  const judge: Judge = { by: 'labels', classes: ['0', '1'], positive: '1' };
  const span = { from: noon - 7 * day, to: noon };
  const labels = (right: number, wrong: number) =>
    merge(
      Array.from({ length: right + wrong }, (_, i) =>
        labelSums(judge, { prediction: '1', actual: i < right ? '1' : '0', lagSeconds: 1 }),
      ),
    );
  const known = { source: 'registered', value: 0.95 } as const;

  test('of a classifier is what it lost, of a regression by how much its mean error grew', () => {
    expect(accuracy(rule, judge, known, labels(90, 10), span)).toMatchObject({ verdict: 'clear', n: 100 });
    const found = accuracy(rule, judge, known, labels(170, 30), span);
    expect(found).toMatchObject({ verdict: 'breach', value: 0.95 - 170 / 200, n: 200 });
    expect(accuracy(rule, judge, known, labels(50, 49), span).verdict).toBe('insufficient');
    expect(accuracy(rule, judge, known, merge([]), span).verdict).toBe('no_data');
    const errors = merge(
      Array.from({ length: 100 }, () => errorSums({ prediction: 3, actual: 0, lagSeconds: 1 })),
    );
    const mae = (value: number) => accuracy(rule, { by: 'errors' }, { ...known, value }, errors, span);
    expect(mae(2)).toMatchObject({ verdict: 'breach', value: 0.5, n: 100 });
    expect(mae(0)).toMatchObject({ verdict: 'breach', value: Number.MAX_VALUE });
    expect(accuracy(rule, { by: 'nothing' }, undefined, labels(100, 0), span).verdict).toBe('insufficient');
  });

  test('is measured beside what was registered, else beside the first hours with 500 labels', () => {
    expect(registeredBaseline(judge, { accuracy: 0.9, mae: 1 })).toEqual({
      source: 'registered',
      value: 0.9,
    });
    expect(registeredBaseline({ by: 'errors' }, { mae: 0 })).toEqual({ source: 'registered', value: 0 });
    expect(registeredBaseline(judge, { auc: 0.9 })).toBeUndefined();
    const hours = [
      { hour: noon, sums: labels(200, 40) },
      { hour: noon + 2 * hour, sums: labels(250, 9) },
      { hour: noon + 3 * hour, sums: labels(1, 0) },
      { hour: noon + 9 * hour, sums: labels(0, 300) },
    ];
    expect(firstBaseline(judge, deploymentId, hours.slice(0, 2))).toBeUndefined();
    const first = firstBaseline(judge, deploymentId, hours);
    expect(first).toEqual({
      ...{ source: 'first_labels', metric: 'accuracy', value: 451 / 500, labels: 500 },
      ...{ deployment_id: deploymentId, from: time(noon), to: time(noon + 4 * hour) },
    });
    const at = (of: number, id = deploymentId) => windowBeside(rule, first, id, of).from - noon;
    expect([at(noon + day), at(noon + 8 * day), at(noon + hour)]).toEqual([4 * hour, day, hour]);
    expect(at(noon + day, 'another deployment')).toBe(-6 * day);
    expect(firstBaseline({ by: 'nothing' }, deploymentId, hours)).toBeUndefined();
  });
});

test('a rule has its turn when there is something new, at once when it has found nothing yet', () => {
  const last = (minutesAgo: number, at: number) =>
    outcomeOf(ruleOf({}), { value: 1, n: 100 }, { from: noon - day, to: at - minutesAgo * minute });
  const turns = (more: Parameters<typeof ruleOf>[0]) =>
    Array.from({ length: 60 }, (_, i) => i).filter((i) =>
      isDue(ruleOf(more), last(1, noon + i * minute), noon + i * minute),
    );
  expect(turns({ metric: 'error_rate' })).toHaveLength(60);
  expect(turns({ metric: 'latency_p99' })).toHaveLength(60);
  expect(turns({ metric: 'model_staleness' })).toEqual([0]);
  expect(turns({ metric: 'prediction_anomaly' })).toEqual([1, 11, 21, 31, 41, 51]);
  expect(turns({ metric: 'accuracy_degradation' })).toEqual([1, 11, 21, 31, 41, 51]);
  expect(turns({ metric: 'prediction_anomaly', params: { of: 'volume' } })).toEqual([15]);
  expect(turns({ metric: 'drift_psi' })).toEqual([20]);
  const at = noon + 33 * minute;
  expect(isDue(ruleOf({ metric: 'drift_psi' }), null, at)).toBe(true);
  expect(isDue(ruleOf({ metric: 'model_staleness' }), last(121, at), at)).toBe(true);
  expect(isDue(ruleOf({ metric: 'model_staleness' }), last(119, at), at)).toBe(false);
});

test('labels are news when they say something else, a result of drift when it is a later one', () => {
  const of = (n: number, value: number, to: number) =>
    outcomeOf(ruleOf({}), { value, n }, { from: noon - day, to });
  expect(isMoved(of(100, 0.5, noon), of(100, 0.5, noon + hour))).toBe(false);
  expect(isMoved(of(100, 0.5, noon), of(101, 0.5, noon))).toBe(true);
  expect(isMoved(of(100, 0.5, noon), of(100, 0.25, noon))).toBe(true);
  expect(isMoved(null, of(0, 0, noon))).toBe(true);
  expect(isLater(of(1, 1, noon), of(1, 1, noon))).toBe(false);
  // As texts these would be the other way round.
  expect(isLater(of(1, 1, noon), of(1, 1, noon + 1))).toBe(true);
});
