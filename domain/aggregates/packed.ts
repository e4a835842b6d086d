import { broken, bytesOf, integersOf } from './integers.ts';
import type { Lane } from './lane.ts';
import { latencyBuckets } from './latency.ts';
import type { Step, Sums } from './tally.ts';
import { minute, slot } from './time.ts';

/** The first number of everything packed. Readers accept this one and, once there is another, the one before. */
const version = 1;

/** A lane as its item holds it: what conditions and counts look at is apart, `z` is the rest, to be deflated. */
export interface PackedLane {
  last: string;
  items: number;
  n: number;
  seen: number;
  z: Uint8Array;
}

export const packLane = (lane: Lane): PackedLane => ({
  last: lane.last,
  items: lane.sums.requests,
  n: lane.sums.rows,
  seen: lane.seen,
  z: pack([...lane.seconds, ...lane.minutes.flatMap(fromStep), ...fromSums(lane.sums)]),
});

/** `start` is that of its key, in epoch milliseconds. Throws a RangeError where `z` cannot be read. */
export function unpackLane({ last, seen, z }: PackedLane, start: number): Lane {
  const next = unpack(z);
  const lane = {
    start,
    last,
    seen,
    seconds: next.take(slot / 1000),
    minutes: Array.from({ length: slot / minute }, () => toStep(next)),
    sums: toSums(next),
  };
  next.end();
  return lane;
}

/** Rows in each second of an hour. */
export const packSeconds = (seconds: readonly number[]): Uint8Array => pack(seconds);

export function unpackSeconds(bytes: Uint8Array): number[] {
  const next = unpack(bytes);
  return next.end(next.take(3600));
}

/** The minutes of an hour. */
export const packSteps = (steps: readonly Step[]): Uint8Array => pack(steps.flatMap(fromStep));

export function unpackSteps(bytes: Uint8Array): Step[] {
  const next = unpack(bytes);
  return next.end(Array.from({ length: 60 }, () => toStep(next)));
}

/** The sums of an hour or a day. */
export const packSums = (sums: Sums): Uint8Array => pack(fromSums(sums));

export function unpackSums(bytes: Uint8Array): Sums {
  const next = unpack(bytes);
  return next.end(toSums(next));
}

const fromStep = ({ requests, rows, errors, latency }: Step): number[] => [
  requests,
  rows,
  errors,
  ...fromList(trimmed(latency)),
];

/** Above the slowest request there is nothing to say. */
const trimmed = (counts: readonly number[]): readonly number[] =>
  counts.slice(0, counts.findLastIndex((count) => count > 0) + 1);

const fromList = (counts: readonly number[]): number[] => [counts.length, ...counts];

const fromSums = (sums: Sums): number[] => [
  ...fromStep(sums),
  sums.status.size,
  ...[...sums.status].toSorted(([a], [b]) => a - b).flat(),
  sums.binned,
  sums.bins.length,
  ...sums.bins.flatMap(fromList),
];

type Next = ReturnType<typeof unpack>;

function toStep(next: Next): Step {
  const [requests, rows, errors, length] = next.take(4) as [number, number, number, number];
  if (length > latencyBuckets) throw broken();
  const latency = next.take(length);
  return { requests, rows, errors, latency: [...latency, ...new Array(latencyBuckets - length).fill(0)] };
}

function toSums(next: Next): Sums {
  const step = toStep(next);
  const statuses = Array.from({ length: next.few() }, () => next.take(2) as [number, number]);
  return {
    ...step,
    status: new Map(statuses),
    binned: next.one(),
    bins: Array.from({ length: next.few() }, () => next.take(next.few())),
  };
}

const pack = (numbers: readonly number[]): Uint8Array => bytesOf([version, ...numbers]);

/** The numbers of a packed value one after another; never more of them than there are. */
function unpack(bytes: Uint8Array) {
  const numbers = integersOf(bytes);
  let at = 0;
  const take = (length: number): number[] => {
    if (length > numbers.length - at) throw broken();
    at += length;
    return numbers.slice(at - length, at);
  };
  const one = () => take(1)[0] as number;
  /** How many of something follow. */
  const few = () => {
    const length = one();
    if (length > numbers.length - at) throw broken();
    return length;
  };
  if (one() !== version) throw broken();
  /** Nothing may be left over. */
  const end = <T>(value?: T): T => {
    if (at !== numbers.length) throw broken();
    return value as T;
  };
  return { take, one, few, end };
}
