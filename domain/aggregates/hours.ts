import { hourOfLanes } from './lane.ts';
import { type Sums, sumOf, type Tally } from './tally.ts';
import { day, dayLabel, hour, minute, startOf } from './time.ts';

/** An hour is closed no sooner than this after its end: clocks differ, and the last records are still on their way. */
const rest = 10 * minute;
/** An hour that is still not equal this long after it could have been closed is an alarm. */
const patience = hour;

/** All hours are named by their start, epoch milliseconds. */
export const isClosable = (of: number, now: number): boolean => now >= of + hour + rest;
export const isOverdue = (of: number, now: number): boolean => now >= of + hour + rest + patience;

/**
 * Whether the marks of an hour have to be set before a lane of it is folded: once by every process, and before every
 * fold of an hour that somebody may be closing just now. Set means: a token never used before is written without a
 * condition, first to the mark for readers, then to the one for closers. A closer reads both before it reads the lanes,
 * and deletes them in the same order, each only if it still has the token that was read (or is gone), stopping where
 * one has not. So a fold that a closer has not seen always leaves its hour open.
 */
export const needsMarks = (of: number, now: number, alreadySet: boolean): boolean =>
  !alreadySet || now >= of + hour;

/** What is written may only grow: refused where the stored item has more of either. */
export interface Ceiling {
  requests: number;
  binned: number;
}

export type Write =
  /** S# H#: rows per second. */
  | { row: 'seconds'; hour: number; n: number; seconds: number[]; unlessMore: Ceiling }
  /** A# M#: the minutes of the hour. */
  | { row: 'minutes'; hour: number; minutes: Tally['minutes']; unlessMore: Ceiling }
  /** A# H#: all sums of the hour. */
  | { row: 'hour'; hour: number; sums: Sums; unlessMore: Ceiling }
  /** A# D#: all sums of the day. */
  | { row: 'day'; day: string; sums: Sums; unlessMore: Ceiling };

/** S# D#: one of the day's twenty-four counts, each an attribute of its own; refused where it is already more. */
interface DayCount {
  day: string;
  /** 0…23 */
  hour: number;
  n: number;
}

export type Closing =
  /** Left open, for the next time. More folded than counted is a fault to be looked at. */
  | { outcome: 'unequal'; folded: number; counted: number }
  | { outcome: 'equal'; writes: Write[]; dayCount: DayCount };

/**
 * What closing an hour writes, from all its lanes and the log items counted in all its shards. In this order: read the
 * marks, read the lanes, count; `writes`, all at once; where one is refused another closer knew more, so stop there.
 * Then `dayCount`, then `dayRow` of the day's hours as they are now, for both of which refused is done; then the marks.
 */
export function close(of: number, lanes: readonly Tally[], counted: number): Closing {
  const { seconds, minutes, sums } = hourOfLanes(lanes, of);
  if (sums.requests !== counted) return { outcome: 'unequal', folded: sums.requests, counted };
  const unlessMore = ceilingOf(sums);
  const n = sums.rows;
  return {
    outcome: 'equal',
    writes: [
      { row: 'seconds', hour: of, n, seconds, unlessMore },
      { row: 'minutes', hour: of, minutes, unlessMore },
      { row: 'hour', hour: of, sums, unlessMore },
    ],
    dayCount: { day: dayLabel(of), hour: Math.floor((of - startOf(day, of)) / hour), n },
  };
}

/** The day as its closed hours have it: read after this closer's own hour was written, so the last closer has them all. */
export function dayRow(of: number, hours: Iterable<Sums>): Write {
  const sums = sumOf(hours);
  return { row: 'day', day: dayLabel(of), sums, unlessMore: ceilingOf(sums) };
}

const ceilingOf = ({ requests, binned }: Sums): Ceiling => ({ requests, binned });

/** The condition of a write, said once for every store. */
export const mayReplace = (stored: Ceiling | undefined, { requests, binned }: Ceiling): boolean =>
  stored === undefined || (stored.requests <= requests && stored.binned <= binned);
