import { ask, type Desk, type Place } from './requests.ts';
import { day, hour, startOf } from './time.ts';
import type { Span } from './window.ts';

/** An hour that may hold rows; how many, where it is closed. */
export interface Held {
  hour: number;
  /** Null where it is open: an open mark wins over the count of a day. */
  rows: number | null;
}

/** The hours of a span that hold rows or may get some, newest first. */
export function heldHours<T extends Place>(desk: Desk<T>, span: Span, now: number): Held[] | undefined {
  const [first, last] = [startOf(hour, span.from), startOf(hour, span.to)];
  const days = ask(desk, { kind: 'days', from: startOf(day, first), to: startOf(day, last) });
  const marks = ask(desk, { kind: 'marks', from: first, to: last });
  if (!days || !marks) return;
  const open = new Set([...marks, ...recentHours(span, now)]);
  const closed = days.flatMap(({ start, hours }) =>
    hours.map((rows, i) => ({ hour: start + i * hour, rows: rows ?? 0 })),
  );
  return [
    ...[...open].map((of) => ({ hour: of, rows: null })),
    ...closed.filter((held) => held.rows > 0 && !open.has(held.hour)),
  ]
    .filter((held) => held.hour >= first && held.hour <= last)
    .toSorted((a, b) => b.hour - a.hour);
}

/** This hour and the one before may have logs before anything says so, and clocks that are ahead log into the next. */
export function recentHours(span: Span, now: number): number[] {
  const recent: number[] = [];
  const first = Math.max(startOf(hour, span.from), startOf(hour, now) - hour);
  for (let of = startOf(hour, span.to); of >= first; of -= hour) recent.push(of);
  return recent;
}
