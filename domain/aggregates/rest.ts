import type { Lane } from './lane.ts';
import type { LaneOf } from './requests.ts';
import type { Step, Sums, Tally } from './tally.ts';

/** A lane as it is stored; `rest` says that it holds what another one of its shard and time has not folded. */
export type Stored = LaneOf & { rest: boolean };

/**
 * What a lane has not folded of all the logs of its ten minutes and shard, read after it. No record has to prove
 * whether it was folded: both sides are sums, and their difference is right whichever records it stands for. Its
 * `last` is that of the lane, and it says nothing of how far the stream has come. Undefined where the lane has more
 * than there is: then logs are gone, and nobody can tell which.
 */
export function restOf(all: Tally, folded: Lane): Lane | undefined {
  const seconds = minus(all.seconds, folded.seconds);
  const minutes = all.minutes.map((step, i) => stepMinus(step, folded.minutes[i] as Step));
  const sums = sumsMinus(all.sums, folded.sums);
  const numbers = [...seconds, ...[...minutes, sums].flatMap(numbersOf), ...sums.status.values()];
  const short = [...numbers, sums.binned, ...sums.bins.flat()].some((n) => n < 0);
  return short ? undefined : { start: folded.start, last: folded.last, seen: -1, seconds, minutes, sums };
}

/**
 * Those lanes of an hour that count. A rest stands for as long as its lane has folded nothing more: after that, what
 * was folded may be in the rest too, and only another look at the logs can tell.
 */
export function standing(stored: readonly Stored[]): LaneOf[] {
  const last = new Map(stored.flatMap((one) => (one.rest ? [] : [[nameOf(one), one.lane.last]])));
  return stored
    .filter((one) => !one.rest || one.lane.last === (last.get(nameOf(one)) ?? ''))
    .map(({ shard, lane }) => ({ shard, lane }));
}

const nameOf = ({ shard, lane }: LaneOf): string => `${lane.start}#${shard}`;

const numbersOf = ({ requests, rows, errors, latency }: Step): number[] => [
  requests,
  rows,
  errors,
  ...latency,
];

const minus = (all: readonly number[], folded: readonly number[]): number[] =>
  Array.from({ length: Math.max(all.length, folded.length) }, (_, i) => (all[i] ?? 0) - (folded[i] ?? 0));

const stepMinus = (all: Step, folded: Step): Step => ({
  requests: all.requests - folded.requests,
  rows: all.rows - folded.rows,
  errors: all.errors - folded.errors,
  latency: minus(all.latency, folded.latency),
});

function sumsMinus(all: Sums, folded: Sums): Sums {
  const codes = new Set([...all.status.keys(), ...folded.status.keys()]);
  const status = [...codes]
    .map((code): [number, number] => [code, (all.status.get(code) ?? 0) - (folded.status.get(code) ?? 0)])
    .filter(([, rows]) => rows !== 0);
  return {
    ...stepMinus(all, folded),
    status: new Map(status),
    binned: all.binned - folded.binned,
    bins: Array.from({ length: Math.max(all.bins.length, folded.bins.length) }, (_, part) =>
      minus(all.bins[part] ?? [], folded.bins[part] ?? []),
    ),
  };
}
