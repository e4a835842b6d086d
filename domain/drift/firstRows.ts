import type { DayCounts } from '../aggregates/requests.ts';
import { hour, second, startOf } from '../aggregates/time.ts';
import { rowId } from '../id.ts';
import type { NumericProfile, Profile } from './profile.ts';

/** So many rows make a baseline where no sample was given. They are never part of a live window. */
export const baselineRows = 1000;

/** A logged request as far as a baseline asks. */
export interface Logged {
  /** UUIDv7 of its first row. */
  id: string;
  rows: number;
  status: number;
  /** It has bins, so whoever counts logs counts them too. */
  binned: boolean;
  /** Its inputs are kept as they came. */
  stored: boolean;
}

/** Answered before its process knew of a baseline. */
export const isUnbinned = ({ status, binned }: Logged): boolean => status === 200 && !binned;
export const isUsable = (log: Logged): boolean => isUnbinned(log) && log.stored;

/** What becomes the baseline of some requests, of the last one perhaps not all rows. */
export interface First<T extends Logged> {
  taken: { log: T; rows: number }[];
  /** The id of the last row: what is counted later comes after it. */
  after: string;
}

/** Of requests in the order of their ids; undefined where they have fewer rows that can be used. */
export function firstOf<T extends Logged>(logs: Iterable<T>): First<T> | undefined {
  const taken: First<T>['taken'] = [];
  let left = baselineRows;
  for (const log of logs) {
    if (!isUsable(log)) continue;
    const rows = Math.min(left, log.rows);
    taken.push({ log, rows });
    left -= rows;
    if (left === 0) return { taken, after: rowId(log.id, rows - 1) };
  }
  return undefined;
}

/** A log lies in its table two seconds after its id was made: what is older can be passed once and for all. */
const writing = 2 * second;
/** Up to which millisecond all logs are in their tables. */
export const written = (now: number): number => now - writing;

/** The hours from a time on that may hold logs, oldest first: closed ones with rows, open ones, the newest two. */
export function hoursFrom(
  from: number,
  now: number,
  { days, open }: { days: readonly DayCounts[]; open: readonly number[] },
): number[] {
  const newest = startOf(hour, now);
  const closed = days.flatMap(({ start, hours }) => hours.flatMap((n, i) => (n ? [start + i * hour] : [])));
  return [...new Set([...closed, ...open, newest - hour, newest])]
    .filter((of) => of >= startOf(hour, from) && of <= newest)
    .toSorted((a, b) => a - b);
}

/** Logged scores have four bytes: an edge made of one must not lie above the same score as it is answered. */
export const withLoggedScores = (profile: Profile): Profile =>
  profile.score === null
    ? profile
    : { ...profile, score: { ...profile.score, bins: lowered(profile.score.bins) } };

const lowered = (bins: NumericProfile): NumericProfile => ({
  ...bins,
  edges: bins.edges.map((edge) => edge * (1 - 2 ** -22)),
});
