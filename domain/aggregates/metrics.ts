import { percentile } from './latency.ts';
import { addStep, emptyStep, type Step } from './tally.ts';
import { day, hour, minute, startOf } from './time.ts';

/** What the series may be cut into, in milliseconds. */
const steps = [minute, 10 * minute, hour, day] as const;
const mostPoints = 500;

/** The smallest step that gives no more points than a chart can show. Times are epoch milliseconds. */
export const stepFor = ({ since, until }: { since: number; until: number }): number =>
  steps.find((step) => pointsIn({ since, until, step }) <= mostPoints) ?? day;

/** [since, until) widened to whole steps: aggregates know nothing finer than a minute. */
export const aligned = ({ since, until, step }: Range): Range => ({
  since: startOf(step, since),
  until: Math.max(startOf(step, until - 1), startOf(step, since)) + step,
  step,
});

/** How many steps an answer would have: a range asked for step by step may be long. */
export const pointsIn = (range: Range): number => {
  const { since, until, step } = aligned(range);
  return (until - since) / step;
};

export interface Range {
  since: number;
  until: number;
  step: number;
}

/** Something counted that began at this time: a minute, an hour or a day, none longer than the step it goes into. */
export type Timed = Step & { at: number };

/** The minutes of a lane or an hour, each with its time. */
export const timed = ({ start, minutes }: { start: number; minutes: readonly Step[] }): Timed[] =>
  minutes.map((step, i) => ({ ...step, at: start + i * minute }));

/** Counts with percentiles, in milliseconds; null where there was no request. `error_rate` is in percent of rows. */
export interface Figures {
  requests: number;
  rows: number;
  errors: number;
  error_rate: number;
  latency: { p50: number | null; p95: number | null; p99: number | null };
}

/**
 * The figures of a whole range and of each of its steps, empty ones among them. What lies outside is left out.
 * Percentiles are those of the merged counts, never a mean of percentiles.
 */
export function metricsOf(parts: Iterable<Timed>, range: Range) {
  const { since, until, step } = aligned(range);
  const points = Array.from({ length: (until - since) / step }, emptyStep);
  const total = emptyStep();
  for (const part of parts) {
    const point = points[Math.floor((part.at - since) / step)];
    if (!point) continue;
    addStep(point, part);
    addStep(total, part);
  }
  return {
    since,
    until,
    step,
    ...figuresOf(total),
    series: points.map((point, i) => ({ t: since + i * step, ...figuresOf(point) })),
  };
}

const figuresOf = ({ requests, rows, errors, latency }: Step): Figures => ({
  requests,
  rows,
  errors,
  error_rate: rows === 0 ? 0 : (100 * errors) / rows,
  latency: {
    p50: percentile(latency, 0.5),
    p95: percentile(latency, 0.95),
    p99: percentile(latency, 0.99),
  },
});
