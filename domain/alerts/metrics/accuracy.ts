import * as z from 'zod';
import { hour, minute, startOf } from '../../aggregates/time.ts';
import { Id, Time, time } from '../../fields.ts';
import { type Judge, qualityOf } from '../../quality/judge.ts';
import { countOf, merge, type Sums } from '../../quality/sums.ts';
import type { Outcome } from '../watch.ts';
import { type Asked, outcomeOf, type Span } from './verdict.ts';

/** A week of minutes. */
const usual = 7 * 1440;
/** So many labels say how good a model was at first, where nobody said it at registration. */
const firstLabels = 500;
/** Every hour that is kept has a label, so no more hours have to be looked at. */
export const mostHours = firstLabels;

/** Which metric speaks for a model, by how its answers are judged; undefined where nothing can be wrong. */
const metricOf = ({ by }: Judge): 'accuracy' | 'mae' | undefined =>
  by === 'labels' ? 'accuracy' : by === 'errors' ? 'mae' : undefined;

/** How good a model was at first, by its first labels: made once, kept with the model. */
export const FirstLabels = z.object({
  source: z.literal('first_labels'),
  metric: z.enum(['accuracy', 'mae']),
  value: z.number(),
  labels: z.int(),
  /** Whose predictions they were of, and of which time: they are no part of any window. */
  deployment_id: Id,
  from: Time,
  to: Time,
});
export type FirstLabels = z.infer<typeof FirstLabels>;

/** `kept`: it was made out before. */
export type Baseline = { source: 'registered'; value: number } | (FirstLabels & { kept?: true });

/** What was said of the model when it was registered. */
export function registeredBaseline(
  judge: Judge,
  metrics: Readonly<Record<string, number>>,
): Extract<Baseline, { source: 'registered' }> | undefined {
  const metric = metricOf(judge);
  const value = metric && Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  return value === undefined ? undefined : { source: 'registered', value };
}

/** Labels of the predictions of an hour, by its start. */
export type HourOfLabels = { hour: number; sums: Sums };

/** The baseline of the first hours, in order, that hold enough labels; undefined while they do not. */
export function firstBaseline(
  judge: Judge,
  deployment_id: string,
  hours: readonly HourOfLabels[],
): FirstLabels | undefined {
  const metric = metricOf(judge);
  const taken: HourOfLabels[] = [];
  let labels = 0;
  for (const one of hours) {
    if (labels >= firstLabels) break;
    taken.push(one);
    labels += countOf(one.sums, 'labels');
  }
  const [first, last] = [taken[0], taken.at(-1)];
  if (!metric || !first || !last || labels < firstLabels) return undefined;
  const value = qualityOf(judge, merge(taken.map(({ sums }) => sums)), 0).metrics[metric];
  if (value === undefined) return undefined;
  return {
    ...{ source: 'first_labels', metric, value, labels, deployment_id },
    ...{ from: time(first.hour), to: time(last.hour + hour) },
  };
}

/** The hours of predictions that a rule looks at: whole ones, as labels are counted by them. */
export const accuracyWindow = ({ window_minutes }: Asked, now: number): Span => ({
  from: startOf(hour, now - (window_minutes ?? usual) * minute),
  to: now,
});

/** The same, without those that the baseline was made of. */
export function windowBeside(
  rule: Asked,
  baseline: Baseline | undefined,
  deploymentId: string,
  now: number,
): Span {
  const { from, to } = accuracyWindow(rule, now);
  const own = baseline?.source === 'first_labels' && baseline.deployment_id === deploymentId;
  return { from: Math.min(own ? Math.max(from, Date.parse(baseline.to)) : from, to), to };
}

/**
 * How much worse a model is than at first. Of a classifier the accuracy that it lost, 0…1; of a regression by how
 * much its mean error has grown, as a share of what it was.
 */
export function accuracy(
  rule: Asked,
  judge: Judge,
  baseline: Baseline | undefined,
  sums: Sums,
  span: Span,
): Outcome {
  const n = countOf(sums, 'labels');
  const metric = metricOf(judge);
  const now = metric && qualityOf(judge, sums, 0).metrics[metric];
  const value = baseline && now !== undefined ? lost(judge, baseline.value, now) : null;
  return outcomeOf(rule, { value, n }, span);
}

function lost({ by }: Judge, before: number, now: number): number {
  if (by === 'labels') return before - now;
  if (before === 0) return now === 0 ? 0 : Number.MAX_VALUE;
  return Math.min(now / before - 1, Number.MAX_VALUE);
}
