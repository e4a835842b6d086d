import { hour, second } from './time.ts';

/** A window of milliseconds, both ends inclusive. */
export interface Span {
  from: number;
  to: number;
}

/** What a window holds of an hour: whole seconds from `first` to before `end`, and parts of seconds at its ends. */
export interface Cut {
  first: number;
  end: number;
  parts: (Span & { second: number })[];
}

export const within = (span: Span, of: number): Span => ({
  from: Math.max(span.from, of),
  to: Math.min(span.to, of + hour - 1),
});

export const isWhole = (span: Span, of: number): boolean => span.from <= of && of + hour - 1 <= span.to;

export function cutHour(span: Span, of: number): Cut {
  const { from, to } = within(span, of);
  const first = Math.ceil((from - of) / second);
  const end = Math.floor((to + 1 - of) / second);
  const parts: Cut['parts'] = [];
  if (first > end) return { first, end: first, parts: [{ second: end, from, to }] };
  if (from < of + first * second) parts.push({ second: first - 1, from, to: of + first * second - 1 });
  if (to >= of + end * second) parts.push({ second: end, from: of + end * second, to });
  return { first, end, parts };
}
