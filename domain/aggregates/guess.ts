import type { Held } from './heldHours.ts';
import { type Listing, spanOf } from './hourView.ts';
import { ask, type Desk, type LaneOf, type Place } from './requests.ts';
import { hour, second } from './time.ts';
import { isWhole } from './window.ts';

/** Further hours are not worth their reads: where they hold so little, the page is soon found without. */
const mostGuessed = 4;

/**
 * While the newest logs are being counted, the seconds of the closed hours in which the page will begin and end are
 * asked for as well: one round trip less. A guess costs a read; a wrong one changes nothing else.
 */
export function guess<T extends Place>(
  desk: Desk<T>,
  page: Listing & { offset: number; limit: number },
  hours: readonly Held[],
): void {
  const found: number[] = [];
  let [low, high] = [0, 0];
  for (const held of hours) {
    const bounds = boundsOf(desk, page, held);
    const mayHold = (rank: number) => low <= rank && rank < high + bounds.high;
    const closed = held.rows !== null && isWhole(spanOf(page), held.hour);
    if (closed && (mayHold(page.offset) || mayHold(page.offset + page.limit - 1))) found.push(held.hour);
    low += bounds.low;
    high += bounds.high;
  }
  if (found.length <= mostGuessed) for (const of of found) ask(desk, { kind: 'seconds', hour: of });
}

/** How many rows an hour holds at least, and hardly more than. */
function boundsOf<T extends Place>(desk: Desk<T>, page: Listing, { hour: of, rows }: Held) {
  if (rows !== null) return { low: isWhole(spanOf(page), of) ? rows : 0, high: rows };
  return openBounds(of, ask(desk, { kind: 'lanes', hour: of }) ?? [], page.now);
}

/** What is folded is there; since then as many may have come as came in twice that time in the busiest minute. */
function openBounds(of: number, lanes: readonly LaneOf[], now: number) {
  const low = lanes.reduce((sum, { lane }) => sum + lane.sums.rows, 0);
  const newest = Math.max(of, ...lanes.map(({ lane }) => lane.start + lane.seen * second));
  const since = Math.max(0, Math.min(now, of + hour) - newest) / second;
  const perMinute = Math.max(0, ...lanes.flatMap(({ lane }) => lane.minutes.map(({ rows }) => rows)));
  const shards = new Set(lanes.map(({ shard }) => shard)).size;
  return { low, high: low + Math.ceil((since / 30) * shards * perMinute) };
}
