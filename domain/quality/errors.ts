import { lagCounter } from './lag.ts';
import { countOf, type Sums } from './sums.ts';

/** One prediction of a number and what it turned out to be. */
export type Measured = { prediction: number; actual: number; lagSeconds: number };

/**
 * Each error is counted at its own scale, 10^(6 × scale): so very small and very large ones keep their digits, and no
 * unit has to be chosen before anything is known. Amounts are in millionths, squares of them below 10^18.
 */
const digits = 6;
const millionths = 1e6;
const scales = { least: -51, most: 51 };

/** What one measured row adds: `labels`, `error:<scale>` (prediction − actual), `absolute:…`, `square:…`, `lag:<bucket>`. */
export function errorSums({ prediction, actual, lagSeconds }: Measured): Sums {
  const sums = new Map([
    ['labels', 1n],
    [lagCounter(lagSeconds), 1n],
  ]);
  // Halved first: the difference of two numbers near the end of the range is infinite.
  const half = prediction / 2 - actual / 2;
  const scale = scaleOf(half);
  const error = 2 * (half / unitOf(scale));
  const amounts = { error, absolute: Math.abs(error), square: error * error };
  for (const [name, amount] of Object.entries(amounts)) {
    const whole = BigInt(Math.round(amount * millionths));
    if (whole !== 0n) sums.set(`${name}:${scale}`, whole);
  }
  return sums;
}

function scaleOf(half: number): number {
  if (half === 0) return 0;
  const scale = Math.floor((Math.log10(Math.abs(half)) + Math.log10(2)) / digits);
  return Math.max(scales.least, Math.min(scales.most, scale));
}

const unitOf = (scale: number): number => 10 ** (digits * scale);

/** The means over all labels; no labels, no means. */
export function errorMetrics(sums: Sums): Record<string, number> {
  const labels = countOf(sums, 'labels');
  if (labels === 0) return {};
  const means = (name: string) => meansOf(sums, name, labels);
  const squares = means('square');
  const largest = Math.max(0, ...squares.map(({ unit }) => unit));
  const square = squares.reduce((sum, { mean, unit }) => sum + mean * (unit / largest) ** 2, 0);
  return {
    mae: finite(total(means('absolute'))),
    rmse: finite(Math.sqrt(square) * largest),
    bias: finite(total(means('error'))),
  };
}

function meansOf(sums: Sums, name: string, labels: number): { mean: number; unit: number }[] {
  return [...sums.keys()]
    .filter((counter) => counter.startsWith(`${name}:`))
    .map((counter) => ({
      mean: countOf(sums, counter) / millionths / labels,
      unit: unitOf(Number(counter.slice(name.length + 1))),
    }))
    .toSorted((a, b) => a.unit - b.unit);
}

const total = (means: readonly { mean: number; unit: number }[]): number =>
  means.reduce((sum, { mean, unit }) => sum + mean * unit, 0);

/** JSON has no infinity. */
const finite = (x: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, x));
