/** Bucket i covers [ratio^(i − 1), ratio^i) milliseconds, bucket 0 less than one; the last is open, above 35 seconds. */
const ratio = 1.15;
export const latencyBuckets = 76;
const last = latencyBuckets - 1;
/** borders[i] is where bucket i ends. */
const borders = Float64Array.from({ length: last }, (_, i) => ratio ** i);

/** What is no number of milliseconds counts as the shortest: a log is never lost for its latency. */
export function bucketOf(milliseconds: number): number {
  let [low, high] = [0, last];
  if (!(milliseconds >= 1)) return 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (milliseconds >= (borders[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The geometric middle of a bucket, in milliseconds: no value of the bucket is further off than 7.5 %. */
export const middleOf = (bucket: number): number => (bucket === 0 ? 0.5 : ratio ** (bucket - 0.5));

/** Nearest rank, ⌈share·n⌉, within 7.5 %; null where nothing was counted. `share` is above 0, at most 1. */
export function percentile(latency: readonly number[], share: number): number | null {
  const n = latency.reduce((sum, count) => sum + count, 0);
  const rank = Math.ceil(share * n);
  let seen = 0;
  for (const [bucket, count] of latency.entries()) {
    seen += count;
    if (count > 0 && seen >= rank) return middleOf(bucket);
  }
  return null;
}
