import { countOf, type Sums } from './sums.ts';

/** Bucket i covers [1.15^(i − 1), 1.15^i) seconds, bucket 0 less than a second; the last one is open above 2.4 years. */
const ratio = 1.15;
const last = 131;

const counter = (bucket: number) => `lag:${bucket}`;

/** The counter of the time between a prediction and its label; a label that seems older than its prediction is in 0. */
export function lagCounter(seconds: number): string {
  if (!(seconds >= 1)) return counter(0);
  let bucket = Math.min(last, Math.floor(Math.log(seconds) / Math.log(ratio)) + 1);
  // The logarithm is off by a rounding at the borders.
  if (bucket < last && seconds >= ratio ** bucket) bucket++;
  else if (seconds < ratio ** (bucket - 1)) bucket--;
  return counter(bucket);
}

/** The median in seconds, within 7.5 %: nearest rank, geometric middle of its bucket. Null without labels. */
export function medianLag(sums: Sums): number | null {
  const counts = Array.from({ length: last + 1 }, (_, bucket) => countOf(sums, counter(bucket)));
  const rank = Math.ceil(counts.reduce((sum, count) => sum + count, 0) / 2);
  if (rank === 0) return null;
  let seen = 0;
  const bucket = counts.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
  return bucket === 0 ? 0.5 : ratio ** (bucket - 0.5);
}
