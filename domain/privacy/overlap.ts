import { DetectedType, type Span } from './types.ts';

/**
 * Spans of which none overlap, in the order of the text. Of those that hang together the surest stands for all, then
 * the longest, the earliest, the first of the types; where it does not cover the others they become one with it.
 */
export function resolved(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && span.start < last.end) result[result.length - 1] = joined(last, span);
    else result.push(span);
  }
  return result;
}

function joined(a: Span, b: Span): Span {
  const winner = before(a, b) ? a : b;
  const start = Math.min(a.start, b.start);
  const end = Math.max(a.end, b.end);
  const covers = winner.start === start && winner.end === end;
  return covers ? winner : { start, end, type: winner.type, score: winner.score, merged: true };
}

const order = new Map(DetectedType.options.map((type, i) => [type, i]));

function before(a: Span, b: Span): boolean {
  const differences = [
    b.score - a.score,
    b.end - b.start - (a.end - a.start),
    a.start - b.start,
    (order.get(a.type) ?? 0) - (order.get(b.type) ?? 0),
  ];
  return (differences.find((each) => each !== 0) ?? 0) <= 0;
}
