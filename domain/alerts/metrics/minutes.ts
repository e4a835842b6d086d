import { latencyBuckets } from '../../aggregates/latency.ts';
import type { Timed } from '../../aggregates/metrics.ts';
import { minute } from '../../aggregates/time.ts';
import type { TrafficIn } from './service.ts';
import type { Span } from './verdict.ts';

/** The share of failed rows that were answered 500 or above, in the ten minutes that begin then. */
export type ServerShare = (start: number) => number;

const figures = ['requests', 'rows', 'errors', 'server'] as const;
const width = figures.length + latencyBuckets;

/**
 * The traffic of every window within a span, both on whole minutes: sums up to each minute are made once, so a window
 * costs the same however long it is. What lies outside of the span counts for nothing.
 */
export function trafficWithin(
  parts: Iterable<Timed>,
  { from, to }: Span,
  serverShare: ServerShare,
): TrafficIn {
  const minutes = Math.max(0, Math.ceil((to - from) / minute));
  const upTo = new Float64Array((minutes + 1) * width);
  for (const part of parts) {
    const i = Math.floor((part.at - from) / minute);
    if (i < 0 || i >= minutes) continue;
    const counts = [
      part.requests,
      part.rows,
      part.errors,
      part.errors * serverShare(part.at),
      ...part.latency,
    ];
    for (const [column, count] of counts.entries()) {
      const place = (i + 1) * width + column;
      upTo[place] = (upTo[place] as number) + count;
    }
  }
  for (let place = width; place < upTo.length; place++)
    upTo[place] = (upTo[place] as number) + (upTo[place - width] as number);
  const row = (at: number) => Math.min(minutes, Math.max(0, Math.floor((at - from) / minute))) * width;
  return (span) => {
    const [first, last] = [row(span.from), row(span.to)];
    const of = (column: number) => (upTo[last + column] as number) - (upTo[first + column] as number);
    const [requests, rows, errors, server] = figures.map((_, column) => of(column)) as [
      number,
      number,
      number,
      number,
    ];
    const latency = Array.from({ length: latencyBuckets }, (_, bucket) => of(figures.length + bucket));
    return { requests, rows, errors, server, latency };
  };
}
