import { day, hour, minute, startOf } from '../../aggregates/time.ts';
import type { Outcome } from '../watch.ts';
import { type Asked, outcomeOf } from './verdict.ts';

const days = 28;
const leastDays = 7;
/** An hour is closed by then, and its count is exact. */
const settled = 15 * minute;
/** The median absolute deviation of a normal distribution times this is its standard deviation. */
const toDeviation = 1.4826;

/** The last hour whose requests can be told, by its start in epoch milliseconds. */
export const hourToJudge = (now: number): number => startOf(hour, now - settled) - hour;

/** The same hour of the days before that the deployment lived through, newest first. */
export const hoursBefore = (of: number, created: number): number[] =>
  Array.from({ length: days }, (_, i) => of - (i + 1) * day).filter((start) => start >= created);

/**
 * How unusual an hour's number of requests is, beside that of the same hour on the days before: in deviations, of
 * which one is never less than a Poisson process has, nor than one request. No request at all is a number too.
 */
export function volume(rule: Asked, requests: number | null, before: readonly number[], of: number): Outcome {
  const n = before.length;
  const value = requests === null || n < leastDays ? null : deviations(requests, before);
  const outcome = outcomeOf(rule, { value, n }, { from: of, to: of + hour }, leastDays);
  return outcome.value === null ? { ...outcome, verdict: 'insufficient' } : outcome;
}

function deviations(requests: number, before: readonly number[]): number {
  const middle = median(before);
  const spread = median(before.map((one) => Math.abs(one - middle)));
  return Math.abs(requests - middle) / Math.max(toDeviation * spread, Math.sqrt(middle), 1);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
