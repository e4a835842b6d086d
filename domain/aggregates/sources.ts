import { day, hour, startOf } from './time.ts';

/** The rows that add up to a stretch of time, each by its start in epoch milliseconds; together they hold every log once. */
export interface Sources {
  /** A# D# */
  days: number[];
  /** A# H#, or A# M# where minutes are asked for. */
  hours: number[];
  /** L#, all lanes of the hour. */
  open: number[];
}

/**
 * What to read for [since, until). `coarsest` is the longest row of use: what goes into steps of an hour cannot come
 * from days. A day with an open hour is read hour by hour, for its row may or may not have that hour in it.
 */
export function sourcesOf(
  { since, until }: { since: number; until: number },
  coarsest: 'hour' | 'day',
  open: ReadonlySet<number>,
): Sources {
  const days = coarsest === 'day' ? wholeDays(since, until, open) : [];
  const counted = new Set(days);
  const hours = hoursBetween(startOf(hour, since), until).filter((of) => !counted.has(startOf(day, of)));
  return {
    days,
    hours: hours.filter((of) => !open.has(of)),
    open: hours.filter((of) => open.has(of)),
  };
}

function wholeDays(since: number, until: number, open: ReadonlySet<number>): number[] {
  const days: number[] = [];
  for (let at = Math.ceil(since / day) * day; at + day <= until; at += day)
    if (!hoursBetween(at, at + day).some((of) => open.has(of))) days.push(at);
  return days;
}

function hoursBetween(from: number, to: number): number[] {
  const hours: number[] = [];
  for (let at = from; at < to; at += hour) hours.push(at);
  return hours;
}
