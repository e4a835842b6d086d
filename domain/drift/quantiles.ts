/** What is told of the numbers of a column; `edges` ascend without repeats. */
export type Bins = { edges: number[]; counts: number[]; means: number[]; sigma: number };

const deciles = 10;

/** The type 7 quantile of ascending numbers: linear between those around (n − 1)p. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  const share = at - below;
  const value = low + (high - low) * share;
  // The difference of two numbers near the end of the range is infinite.
  const finite = Number.isFinite(value) ? value : low * (1 - share) + high * share;
  return Math.min(Math.max(finite, low), high);
}

/** Nine quantiles, 10 % to 90 %, each only once: none where there are no numbers. */
export function decileEdges(sorted: ArrayLike<number>): number[] {
  if (sorted.length === 0) return [];
  const edges: number[] = [];
  for (let i = 1; i < deciles; i++) {
    const edge = quantile(sorted, i / deciles);
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  return edges;
}

/** How many edges are at most `x`: the number of its bin. */
export function binOf(edges: ArrayLike<number>, x: number): number {
  let bin = 0;
  while (bin < edges.length && (edges[bin] as number) <= x) bin++;
  return bin;
}

/** Deciles of ascending numbers with what is in each, and σ with divisor n. */
export function binned(sorted: Float64Array): Bins {
  const edges = decileEdges(sorted);
  const counts = new Array<number>(edges.length + 1).fill(0);
  const sums = new Array<number>(edges.length + 1).fill(0);
  const scale = scaleOf(sorted);
  for (const x of sorted) {
    const bin = binOf(edges, x);
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + x / scale;
  }
  const means = counts.map((count, bin) =>
    count > 0 ? ((sums[bin] as number) / count) * scale : middle(edges, bin),
  );
  return { edges, counts, means, sigma: deviation(sorted, scale) };
}

/** Where a bin without numbers is taken to be: between its edges, or at the only one. */
function middle(edges: readonly number[], bin: number): number {
  const low = edges[bin - 1] ?? edges[bin] ?? 0;
  const high = edges[bin] ?? low;
  return low / 2 + high / 2;
}

/** A power of two, so that dividing is exact: numbers near the end of the range must not add up to infinity. */
function scaleOf(sorted: Float64Array): number {
  const largest = Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0));
  return largest > 0 ? 2 ** Math.floor(Math.log2(largest)) : 1;
}

function deviation(values: Float64Array, scale: number): number {
  if (values.length === 0) return 0;
  let sum = 0;
  for (const x of values) sum += x / scale;
  const mean = sum / values.length;
  let square = 0;
  for (const x of values) square += (x / scale - mean) ** 2;
  return Math.sqrt(square / values.length) * scale;
}

export function distinct(sorted: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
}
