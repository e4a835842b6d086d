import { readFileSync } from 'node:fs';

/** Nanoseconds per row: the least and the median of passes over the same rows. */
export type Passes = { best: number; median: number; passes: number };

/** Nanoseconds of single calls, one by one. */
export type Calls = { p50: number; p99: number };

/** What every engine tells of itself on one line of JSON, whatever language it is timed in. */
export type Measured = {
  single?: Passes;
  calls?: Calls;
  /** Ours alone: from a record as it comes out of JSON. */
  record?: Passes;
  batch1000?: Passes;
  batch10000?: Passes;
  contributions?: Passes;
  /** Of the first rows, to see that the engines score the same model: one of the two. */
  margins?: number[];
  probabilities?: number[];
  /** Contributions of the first rows, row by row, the bias last. */
  parts?: number[];
};

/** Of a fresh process that loads a model from its bytes and predicts one row. */
export type First = { milliseconds: number; kilobytes: number };

/** The same in every engine. */
export const counts = { single: 1_000, explained: 100, told: 200, toldParts: 5 } as const;

const most = 400;
const budget = Number(process.env.BENCH_MILLISECONDS ?? 500);

/** As much again before anything counts, so that the compiler has seen the code. */
export async function passes(rows: number, pass: () => unknown): Promise<Passes> {
  const warm = performance.now();
  while (performance.now() - warm < budget) await pass();
  const took: number[] = [];
  const begun = performance.now();
  while (took.length < most && (took.length < 3 || performance.now() - begun < budget)) {
    const start = performance.now();
    const result = pass();
    if (result instanceof Promise) await result;
    took.push(((performance.now() - start) * 1e6) / rows);
  }
  const sorted = took.toSorted((a, b) => a - b);
  return { best: share(sorted, 0), median: share(sorted, 0.5), passes: took.length };
}

export async function calls(count: number, call: (i: number) => unknown): Promise<Calls> {
  const took = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const start = process.hrtime.bigint();
    const result = call(i % counts.single);
    if (result instanceof Promise) await result;
    took[i] = Number(process.hrtime.bigint() - start);
  }
  took.sort();
  return { p50: share(took, 0.5), p99: share(took, 0.99) };
}

export const share = (sorted: ArrayLike<number>, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

const figures = ['single', 'record', 'batch1000', 'batch10000', 'contributions'] as const;

/** Several runs as one: the least of all, and the middle of their medians. */
export function merged(runs: readonly Measured[]): Measured {
  const all: Measured = { ...runs[0] };
  const middle = (values: number[]) =>
    share(
      values.toSorted((a, b) => a - b),
      0.5,
    );
  for (const figure of figures) {
    const each = runs.flatMap((run) => run[figure] ?? []);
    if (each.length === 0) continue;
    all[figure] = {
      best: Math.min(...each.map(({ best }) => best)),
      median: middle(each.map(({ median }) => median)),
      passes: each.reduce((sum, { passes: some }) => sum + some, 0),
    };
  }
  const each = runs.flatMap(({ calls: one }) => one ?? []);
  if (each.length > 0)
    all.calls = { p50: middle(each.map(({ p50 }) => p50)), p99: middle(each.map(({ p99 }) => p99)) };
  return all;
}

/** Little-endian numbers in single precision, row major. */
export function rowsAt(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

export const resident = (): number => process.memoryUsage.rss() / 1024;

export const tell = (told: Measured | First): void => console.log(JSON.stringify(told));
