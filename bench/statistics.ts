export interface Latencies {
  runs: number;
  /** Milliseconds. */
  least: number;
  p50: number;
  p95: number;
  p99: number;
}

/** Time a call so many times, one after the other. */
export async function latencies(runs: number, call: () => Promise<unknown>): Promise<Latencies> {
  const took = new Float64Array(runs);
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await call();
    took[i] = performance.now() - started;
  }
  return summary(took);
}

export function summary(took: Float64Array): Latencies {
  const sorted = took.toSorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { runs: took.length, least: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
