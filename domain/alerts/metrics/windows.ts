import { minute, slot, startOf } from '../../aggregates/time.ts';
import type { Rule } from '../rule.ts';
import type { Span } from './verdict.ts';

/** Minutes that a window grows to while it holds too little. */
const growing = [10, 20, 40, 60];

/**
 * The windows of a rule that ends now, the shortest first: whole lanes and the open one, so ten minutes are ten to
 * twenty. A rule that says how long its window is begins there; above an hour none grows.
 */
export function windowsOf(
  { window_minutes }: Pick<Rule, 'window_minutes'>,
  usual: number,
  now: number,
): Span[] {
  const first = window_minutes ?? usual;
  return [first, ...growing.filter((longer) => longer > first)].map((minutes) => windowOf(minutes, now));
}

/** That many minutes of whole lanes, and the open one. */
export const windowOf = (minutes: number, now: number): Span => ({
  from: startOf(slot, startOf(slot, now) - minutes * minute),
  to: now,
});

/** What the shortest window holds that has enough, or else the longest. */
export function grown<T>(
  windows: readonly Span[],
  measure: (span: Span) => T,
  isEnough: (measured: T) => boolean,
): { span: Span; measured: T } {
  let [last, ...longer] = windows as [Span, ...Span[]];
  let measured = measure(last);
  for (const span of longer) {
    if (isEnough(measured)) break;
    last = span;
    measured = measure(span);
  }
  return { span: last, measured };
}
