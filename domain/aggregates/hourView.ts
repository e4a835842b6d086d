import { millisecondsOf } from '../id.ts';
import { ask, type Desk, type LaneOf, type Place, type Stretch } from './requests.ts';
import { hour, second } from './time.ts';
import { cutHour, type Span, within } from './window.ts';

/** What a list looks at. */
export interface Listing {
  /** Both exclusive, epoch milliseconds. */
  since: number;
  until: number;
  now: number;
  shards: number;
}

/** An hour of the window, as far as it has to be known. */
export interface HourView {
  hour: number;
  /** Rows within the window. */
  rows: number;
  /** The same by second; null where they have not been looked at. */
  seconds: number[] | null;
  /** What was counted by its ids: there, a log that came since is left out, so that page and total agree. */
  counted: Counted[];
}

interface Counted {
  stretch: Stretch;
  places: readonly Place[];
}

/** A stream is in the order of writing, ids in that of answering: up to two seconds apart. */
const margin = 2;
const secondsOfHour = hour / second;
/** About as many items as one answer of the table holds: what is not folded yet is counted in pieces, all at once. */
const itemsAtOnce = 1000;
const mostPieces = 16;

export const spanOf = ({ since, until }: Listing): Span => ({ from: since + 1, to: until - 1 });

/** An hour that may still grow: folded rows as far as each shard's stream surely is, and every newer one by its id. */
export function openHour<T extends Place>(desk: Desk<T>, listing: Listing, of: number): HourView | undefined {
  const lanes = ask(desk, { kind: 'lanes', hour: of });
  if (!lanes) return;
  const seconds = new Array<number>(secondsOfHour).fill(0);
  const counted: (Counted | undefined)[] = [];
  for (let shard = 0; shard < listing.shards; shard++) {
    const own = lanes.filter((lane) => lane.shard === shard);
    const frontier = frontierOf(own, of);
    const folded = foldedSeconds(own, of);
    const cut = cutHour(spanOf(listing), of);
    for (let i = cut.first; i < Math.min(cut.end, frontier); i++) add(seconds, i, folded[i] ?? 0);
    const parts = cut.parts.filter((part) => part.second < frontier && folded[part.second]);
    const newer = { from: of + frontier * second, to: of + hour - 1 };
    const rest = pieces(overlap(newer, within(spanOf(listing), of)), listing.now, rateOf(own));
    for (const { from, to } of [...parts, ...rest]) counted.push(count(desk, { hour: of, shard, from, to }));
  }
  return viewOf(of, seconds, counted);
}

/** A closed hour whose seconds matter: the window cuts it, or a page begins or ends in it. */
export function closedHour<T extends Place>(
  desk: Desk<T>,
  listing: Listing,
  of: number,
): HourView | undefined {
  const kept = ask(desk, { kind: 'seconds', hour: of });
  if (kept === undefined) return;
  const seconds = new Array<number>(secondsOfHour).fill(0);
  const cut = cutHour(spanOf(listing), of);
  for (let i = cut.first; kept && i < cut.end; i++) add(seconds, i, kept[i] ?? 0);
  // Without its row an hour is slow to count and still right.
  const stretches = kept ? cut.parts.filter((part) => kept[part.second]) : [within(spanOf(listing), of)];
  const counted = stretches.flatMap(({ from, to }) =>
    Array.from({ length: listing.shards }, (_, shard) => count(desk, { hour: of, shard, from, to })),
  );
  return viewOf(of, seconds, counted);
}

function count<T extends Place>(desk: Desk<T>, stretch: Stretch): Counted | undefined {
  const places = ask(desk, { kind: 'count', ...stretch });
  return places && { stretch, places };
}

function viewOf(of: number, seconds: number[], counted: readonly (Counted | undefined)[]) {
  const all = counted.filter((one) => one !== undefined);
  if (all.length < counted.length) return;
  for (const { places } of all)
    for (const { id, rows } of places) add(seconds, Math.floor((millisecondsOf(id) - of) / second), rows);
  return { hour: of, rows: seconds.reduce((sum, rows) => sum + rows, 0), seconds, counted: all };
}

/** How far a shard's lanes are to be trusted, in seconds of the hour. */
function frontierOf(own: readonly LaneOf[], of: number): number {
  const newest = own
    .filter(({ lane }) => lane.seen >= 0)
    .map(({ lane }) => (lane.start - of) / second + lane.seen);
  return Math.max(0, ...newest.map((seen) => seen - margin));
}

function foldedSeconds(own: readonly LaneOf[], of: number): number[] {
  const seconds = new Array<number>(secondsOfHour).fill(0);
  for (const { lane } of own)
    for (const [i, rows] of lane.seconds.entries()) add(seconds, (lane.start - of) / second + i, rows);
  return seconds;
}

/** Requests in a second of the busiest minute. */
const rateOf = (own: readonly LaneOf[]): number =>
  Math.max(0, ...own.flatMap(({ lane }) => lane.minutes.map(({ requests }) => requests / 60)));

/** Cut where the same number of items is to be expected; after now there are next to none. */
function pieces({ from, to }: Span, now: number, rate: number): Span[] {
  if (from > to) return [];
  const expected = (rate * Math.max(0, Math.min(to, now) - from)) / second;
  const n = Math.min(mostPieces, Math.max(1, Math.ceil(expected / itemsAtOnce)));
  const length = Math.ceil((Math.min(to, now) - from) / n);
  return Array.from({ length: n }, (_, i) => ({
    from: from + i * length,
    to: i === n - 1 ? to : from + (i + 1) * length - 1,
  }));
}

const overlap = (a: Span, b: Span): Span => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

function add(seconds: number[], i: number, rows: number): void {
  seconds[i] = (seconds[i] ?? 0) + rows;
}
