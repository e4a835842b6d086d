import { time } from '../../fields.ts';
import type { Metric, Operator, Rule } from '../rule.ts';
import type { Outcome } from '../watch.ts';

/** As much of a rule as its metric is measured and judged by. */
export type Asked = Pick<
  Rule,
  'metric' | 'params' | 'operator' | 'threshold' | 'window_minutes' | 'min_samples'
>;

/** A stretch of time in epoch milliseconds, its end not in it. */
export interface Span {
  from: number;
  to: number;
}

/** What was measured; no value where the metric is not defined there. */
export interface Measured {
  value: number | null;
  /** Samples that the value was made of: rows, requests, labels. */
  n: number;
}

const least: Record<Metric, number> = {
  drift_psi: 500,
  accuracy_degradation: 100,
  error_rate: 20,
  latency_p99: 100,
  model_staleness: 0,
  prediction_anomaly: 200,
};
/** Quiet minutes say nothing about a service: its rules keep the state they are in. */
const keepsState: ReadonlySet<Metric> = new Set(['error_rate', 'latency_p99']);

/** How many samples a rule wants to see, where it does not say it itself. */
export const leastOf = ({ metric, min_samples }: Pick<Asked, 'metric' | 'min_samples'>): number =>
  min_samples ?? least[metric];

/** On the doubles as they are: nothing is rounded before. */
export const holds: Record<Operator, (value: number, threshold: number) => boolean> = {
  gt: (value, threshold) => value > threshold,
  lt: (value, threshold) => value < threshold,
  gte: (value, threshold) => value >= threshold,
  lte: (value, threshold) => value <= threshold,
  eq: (value, threshold) => value === threshold,
  neq: (value, threshold) => value !== threshold,
};

export const breaches = ({ operator, threshold }: Asked, value: number): boolean =>
  holds[operator](value, threshold);

/** What was measured as an outcome of a rule: without enough samples there is no verdict. */
export function outcomeOf(rule: Asked, { value, n }: Measured, span: Span, wanted = leastOf(rule)): Outcome {
  const window = { from: time(Math.min(span.from, span.to)), to: time(span.to) };
  if (value === null || n < wanted) return { verdict: unjudged(rule, n), value, n, window };
  return { verdict: breaches(rule, value) ? 'breach' : 'clear', value, n, window };
}

const unjudged = ({ metric }: Asked, n: number): Outcome['verdict'] =>
  n === 0 || keepsState.has(metric) ? 'no_data' : 'insufficient';
