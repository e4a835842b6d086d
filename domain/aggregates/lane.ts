import { bucketOf } from './latency.ts';
import {
  addBins,
  addStatus,
  addStep,
  addSums,
  addTo,
  copyOfStep,
  copyOfSums,
  emptyTally,
  increase,
  type Step,
  type Sums,
  type Tally,
} from './tally.ts';
import { hour, minute, second, slot, startOf } from './time.ts';

/** Ten minutes of one log partition: one ordered stream of records feeds it. */
export interface Lane extends Tally {
  /** The sequence number of the newest record folded, padded; empty before the first. */
  last: string;
  /** The newest second that a row was folded into, counted from the start; −1 before the first. */
  seen: number;
}

/** A request's log, as the stream tells of it. */
export interface Fact {
  /** Decimal digits. */
  sequence: string;
  /** The time of its id, epoch milliseconds. */
  at: number;
  rows: number;
  status: number;
  /** Milliseconds. */
  latency: number;
  /** Null where the model has no baseline. */
  bins: Bins | null;
}

/** One byte per part for each row; or, of several rows, how many of them fell into each bin of each part. */
export type Bins = { each: readonly Uint8Array[] } | { counts: readonly (readonly number[])[] };

const digits = 40;
const minutesOfLane = slot / minute;

const padded = (sequence: string): string => sequence.padStart(digits, '0');

/** `at` is any time within the lane. */
export const emptyLane = (at: number): Lane => ({
  ...emptyTally(startOf(slot, at), minutesOfLane),
  last: '',
  seen: -1,
});

/**
 * The lane with those records that it does not yet hold. A record whose sequence is not above the newest folded one
 * is a duplicate, whatever batch brings it: written if the stored lane still has the `last` of this one, every record
 * counts exactly once. Throws a RangeError on a record of another lane.
 */
export function fold(lane: Lane, facts: readonly Fact[]): Lane {
  const folded = copyOf(lane);
  const inOrder = facts
    .map((fact) => ({ fact, sequence: padded(fact.sequence) }))
    .toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1));
  for (const { fact, sequence } of inOrder) {
    if (sequence <= folded.last) continue;
    if (startOf(slot, fact.at) !== folded.start) throw new RangeError('This record belongs to another lane');
    count(folded, fact);
    folded.last = sequence;
  }
  return folded;
}

function count(lane: Lane, fact: Fact): void {
  const at = Math.floor((fact.at - lane.start) / second);
  increase(lane.seconds, at, fact.rows);
  lane.seen = Math.max(lane.seen, at);
  countRequest(lane.minutes[Math.floor(at / 60)] as Step, fact);
  countRequest(lane.sums, fact);
  addStatus(lane.sums, fact.status, fact.rows);
  if (fact.status === 200 && fact.bins) countBins(lane.sums, fact.bins, fact.rows);
}

function countRequest(step: Step, { rows, status, latency }: Fact): void {
  step.requests++;
  step.rows += rows;
  if (status >= 400) step.errors += rows;
  increase(step.latency, bucketOf(latency), 1);
}

function countBins(sums: Sums, bins: Bins, rows: number): void {
  sums.binned += rows;
  if ('counts' in bins) addBins(sums.bins, bins.counts);
  else countRows(sums.bins, bins.each);
}

/** How many of some rows fell into each bin of each part. */
export function countsOf(each: readonly Uint8Array[]): number[][] {
  const counts: number[][] = [];
  countRows(counts, each);
  return counts;
}

function countRows(to: number[][], each: readonly Uint8Array[]): void {
  for (const row of each)
    for (let part = 0; part < row.length; part++) {
      if (to.length <= part) to.push([]);
      increase(to[part] as number[], row[part] as number, 1);
    }
}

const copyOf = (lane: Lane): Lane => ({
  ...lane,
  seconds: [...lane.seconds],
  minutes: lane.minutes.map(copyOfStep),
  sums: copyOfSums(lane.sums),
});

/** Lanes of any shards within [from, to), both on a whole minute, summed; a lane that reaches beyond throws. */
export function mergeLanes(lanes: Iterable<Tally>, from: number, to: number): Tally {
  const merged = emptyTally(from, (to - from) / minute);
  for (const lane of lanes) {
    const first = (lane.start - from) / minute;
    if (first < 0 || first + lane.minutes.length > merged.minutes.length)
      throw new RangeError('This lane lies outside of the window');
    addTo(merged.seconds, lane.seconds, first * 60);
    for (const [i, step] of lane.minutes.entries()) addStep(merged.minutes[first + i] as Step, step);
    addSums(merged.sums, lane.sums);
  }
  return merged;
}

/** The sums of the lanes that hold a part of [from, to): whole lanes, so up to ten minutes more at either end. */
export function windowOf(lanes: Iterable<Tally>, from: number, to: number): Tally {
  const [start, end] = [startOf(slot, from), startOf(slot, to - 1) + slot];
  return mergeLanes(
    [...lanes].filter((lane) => lane.start >= start && lane.start < end),
    start,
    end,
  );
}

export const hourOfLanes = (lanes: Iterable<Tally>, at: number): Tally =>
  mergeLanes(lanes, startOf(hour, at), startOf(hour, at) + hour);

/** Facts with the lane each belongs to: per deployment, shard and ten minutes, in the order in which they came. */
export function byLane<T extends { deploymentId: string; shard: string; fact: Fact }>(records: readonly T[]) {
  const lanes = new Map<string, { deploymentId: string; shard: string; start: number; facts: Fact[] }>();
  for (const { deploymentId, shard, fact } of records) {
    const start = startOf(slot, fact.at);
    const key = `${deploymentId}#${start}#${shard}`;
    const lane = lanes.get(key) ?? { deploymentId, shard, start, facts: [] };
    lane.facts.push(fact);
    lanes.set(key, lane);
  }
  return [...lanes.values()];
}
