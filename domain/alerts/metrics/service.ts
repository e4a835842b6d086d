import { percentile } from '../../aggregates/latency.ts';
import { addTo, type Sums } from '../../aggregates/tally.ts';
import type { Outcome } from '../watch.ts';
import { type Asked, leastOf, type Measured, outcomeOf, type Span } from './verdict.ts';
import { grown, windowsOf } from './windows.ts';

/** What was asked of a deployment in some time. */
export interface Traffic {
  requests: number;
  rows: number;
  /** Rows with a status of 400 or more, and those of them with 500 or more. */
  errors: number;
  server: number;
  /** Requests by latency bucket. */
  latency: number[];
}

export type TrafficIn = (span: Span) => Traffic;

/** Minutes that these metrics look back, where a rule does not say it itself. */
const usual = 10;

const measures: Record<'error_rate' | 'latency_p99', (traffic: Traffic, rule: Asked) => Measured> = {
  // Percent of rows, in the very words of the service metrics.
  error_rate: ({ rows, errors, server }, { params }) => ({
    value: rows === 0 ? null : (100 * (params.only === 'server' ? server : errors)) / rows,
    n: rows,
  }),
  latency_p99: ({ latency, requests }) => ({ value: percentile(latency, 0.99), n: requests }),
};

/** The windows that a rule on errors or latency may have to look at now, the longest last. */
export const serviceWindows = (rule: Asked, now: number): Span[] => windowsOf(rule, usual, now);

/** How a rule on errors or latency finds what was asked up to now. */
export function service(
  rule: Asked & { metric: 'error_rate' | 'latency_p99' },
  trafficIn: TrafficIn,
  now: number,
): Outcome {
  const { span, measured } = grown(
    serviceWindows(rule, now),
    (window) => measures[rule.metric](trafficIn(window), rule),
    ({ n }) => n >= leastOf(rule),
  );
  return outcomeOf(rule, measured, span);
}

/** The traffic of some sums. */
export function trafficOf(
  all: Iterable<Pick<Sums, 'requests' | 'rows' | 'errors' | 'latency' | 'status'>>,
): Traffic {
  const traffic: Traffic = { requests: 0, rows: 0, errors: 0, server: 0, latency: [] };
  for (const { requests, rows, errors, latency, status } of all) {
    traffic.requests += requests;
    traffic.rows += rows;
    traffic.errors += errors;
    for (const [code, count] of status) if (code >= 500) traffic.server += count;
    addTo(traffic.latency, latency);
  }
  return traffic;
}
