import { latencyBuckets } from './latency.ts';

/** What was counted in one step of time, of whatever length. Latency is one observation per request. */
export interface Step {
  requests: number;
  rows: number;
  /** Rows with a status of 400 or more. */
  errors: number;
  latency: number[];
}

/** The sums of a stretch of time. Sums of any stretches add up, in any order. */
export interface Sums extends Step {
  /** Rows by status code. */
  status: Map<number, number>;
  /** Rows that have bins: those answered 200 since the model has a baseline. */
  binned: number;
  /** Per part of the profile (its features, then prediction and score) rows by bin, up to the highest bin seen. */
  bins: number[][];
}

/** A stretch of whole minutes in full: `sums.requests` is the number of log items that were folded. */
export interface Tally {
  /** Epoch milliseconds. */
  start: number;
  /** Rows in each second. */
  seconds: number[];
  minutes: Step[];
  sums: Sums;
}

export const emptyStep = (): Step => ({
  requests: 0,
  rows: 0,
  errors: 0,
  latency: new Array<number>(latencyBuckets).fill(0),
});

export const emptySums = (): Sums => ({ ...emptyStep(), status: new Map(), binned: 0, bins: [] });

export const emptyTally = (start: number, minutes: number): Tally => ({
  start,
  seconds: new Array<number>(minutes * 60).fill(0),
  minutes: Array.from({ length: minutes }, emptyStep),
  sums: emptySums(),
});

export const copyOfStep = (step: Step): Step => ({ ...step, latency: [...step.latency] });

export const copyOfSums = (sums: Sums): Sums => ({
  ...sums,
  latency: [...sums.latency],
  status: new Map(sums.status),
  bins: sums.bins.map((counts) => [...counts]),
});

/** The functions below add in place, to a value that their caller has just made. */
export function addTo(counts: number[], more: readonly number[], from = 0): void {
  for (let i = 0; i < more.length; i++) increase(counts, from + i, more[i] as number);
}

/** Grows the list where it is too short: the highest bin of a part is not known before it is seen. */
export function increase(counts: number[], i: number, by: number): void {
  while (counts.length <= i) counts.push(0);
  counts[i] = (counts[i] as number) + by;
}

export function addStep(to: Step, more: Readonly<Step>): void {
  to.requests += more.requests;
  to.rows += more.rows;
  to.errors += more.errors;
  addTo(to.latency, more.latency);
}

export function addSums(to: Sums, more: Readonly<Sums>): void {
  addStep(to, more);
  to.binned += more.binned;
  for (const [status, rows] of more.status) addStatus(to, status, rows);
  addBins(to.bins, more.bins);
}

export function addStatus(to: Sums, status: number, rows: number): void {
  to.status.set(status, (to.status.get(status) ?? 0) + rows);
}

export function addBins(to: number[][], bins: readonly (readonly number[])[]): void {
  while (to.length < bins.length) to.push([]);
  for (const [part, counts] of bins.entries()) addTo(to[part] as number[], counts);
}

export function sumOf(all: Iterable<Readonly<Sums>>): Sums {
  const sum = emptySums();
  for (const one of all) addSums(sum, one);
  return sum;
}

/** Bins as drift asks for them: every part with as many counts as its profile has. */
export const binsOf = (sums: Sums, lengths: readonly number[]) => ({
  rows: sums.binned,
  counts: lengths.map((length, part) => Array.from({ length }, (_, bin) => sums.bins[part]?.[bin] ?? 0)),
});
