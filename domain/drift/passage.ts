import { countsOf, emptyLane, type Lane } from '../aggregates/lane.ts';
import { addBins } from '../aggregates/tally.ts';
import { day, hour, minute, slot, startOf } from '../aggregates/time.ts';
import { idAt, millisecondsOf, rowId } from '../id.ts';
import { isUnbinned, type Logged, written } from './firstRows.ts';

/** Who predicts knows of a baseline ten seconds after it is there, and a request lasts thirty at most. */
const settling = minute;
/** Older hours are not counted anew: the lanes that they would be closed from may be gone. */
const furthest = 6 * day;
/** What one step writes goes into one transaction, of a hundred items and 4 MB at most. */
const mostLanes = 24;
const rowsOfStep = 10_000;

/**
 * How far a deployment's logs without bins have been counted. It is written together with what was counted, if nobody
 * else has written it since it was read (`n`): so every row counts once, whoever stops wherever.
 */
export interface Passage {
  /** How many steps were written. */
  n: number;
  /** The id of the last row that was passed. */
  after: string;
  /** Epoch milliseconds: after it nobody answers without the baseline. */
  until: number;
  done: boolean;
  /** Rows without bins that nobody can count, for nothing of their inputs is kept. */
  left_out: number;
}

/** `seen` is a time at which the baseline was there; `after` is its last row, where it is of this deployment. */
export const begun = (after: string | undefined, seen: number): Passage => ({
  n: 0,
  after: after ?? idAt(0, new Uint8Array(10)),
  until: seen + settling,
  done: false,
  left_out: 0,
});

/** The milliseconds that can be passed now, both ends inclusive. */
export const stretchOf = ({ after, until }: Passage, now: number): { from: number; to: number } => ({
  from: Math.max(millisecondsOf(after), startOf(hour, now - furthest) + hour),
  to: Math.min(written(now), until),
});

/** What one step takes on: requests in the order of their ids, as many as fit. */
export interface Step<T extends Logged> {
  logs: T[];
  rows: number;
  /** Whether it was the stretch that ended, and not the room. */
  whole: boolean;
}

/** Takes requests in until there is no room: then it says false, and the request is of the next step. */
export function stepper<T extends Logged>(passage: Passage) {
  const step: Step<T> = { logs: [], rows: 0, whole: true };
  const slots = new Set<number>();
  const take = (log: T): boolean => {
    if (rowId(log.id, log.rows - 1) <= passage.after) return true;
    const at = startOf(slot, millisecondsOf(log.id));
    if (step.rows >= rowsOfStep || (slots.size === mostLanes && !slots.has(at))) {
      step.whole = false;
      return false;
    }
    slots.add(at);
    step.logs.push(log);
    step.rows += log.rows;
    return true;
  };
  return { take, step };
}

/** Which rows of a request are to be counted: those after the last one passed, where they have no bins. */
export const rowsLeft = ({ after }: Passage, log: Logged): number[] =>
  isUnbinned(log)
    ? Array.from({ length: log.rows }, (_, row) => row).filter((row) => rowId(log.id, row) > after)
    : [];

/** The bins of a row, or null where its inputs cannot be had. */
export interface Binned {
  id: string;
  bins: Uint8Array | null;
}

/** The passage after a step, and its lanes: they hold bins and nothing else. `now` is that of its stretch. */
export function passed(
  passage: Passage,
  { logs, whole }: Step<Logged>,
  binned: readonly Binned[],
  now: number,
): { passage: Passage; lanes: Lane[] } {
  const { to } = stretchOf(passage, now);
  const last = logs.at(-1);
  // To the end of the last millisecond: no log of it is to come.
  const end = idAt(to, new Uint8Array(10).fill(255));
  const reached = whole ? end : last ? rowId(last.id, last.rows - 1) : passage.after;
  return {
    lanes: lanesOf(binned),
    passage: {
      ...passage,
      n: passage.n + 1,
      after: later(passage.after, reached),
      done: whole && to >= passage.until,
      left_out: passage.left_out + binned.filter(({ bins }) => bins === null).length,
    },
  };
}

function later(a: string, b: string): string {
  return a < b ? b : a;
}

function lanesOf(binned: readonly Binned[]): Lane[] {
  const slots = Map.groupBy(
    binned.filter(({ bins }) => bins !== null),
    ({ id }) => startOf(slot, millisecondsOf(id)),
  );
  return [...slots].map(([start, rows]) => {
    const lane = emptyLane(start);
    lane.sums.binned = rows.length;
    addBins(lane.sums.bins, countsOf(rows.flatMap(({ bins }) => bins ?? [])));
    return lane;
  });
}
