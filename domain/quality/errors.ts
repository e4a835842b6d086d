import { lagCounter } from './lag.ts';
import type { Sums } from './sums.ts';

/** One prediction of a number and what it turned out to be. */
export type Measured = { prediction: number; actual: number; lagSeconds: number };

/**
 * The sums are in millionths of `unit`, squares in millionths of its square: a model of very small or very large
 * numbers needs one of their size, fixed for good. Default 1.
 */
export type Unit = { unit?: number };

export const millionths = 1e6;
/** An error beyond this many units counts as this many: sums keep within the 38 digits of a stored number. */
const largest = 1e12;

/** What one measured row adds: `labels`, `error` (prediction − actual), `absolute`, `square`, `lag:<bucket>`. */
export function errorSums({ unit = 1 }: Unit, { prediction, actual, lagSeconds }: Measured): Sums {
  // Halved first: the difference of two numbers near the end of the range is infinite.
  const difference = (prediction / 2 - actual / 2) / unit;
  const error = Math.max(-largest, Math.min(largest, 2 * difference));
  return new Map([
    ['labels', 1n],
    ['error', whole(error * millionths)],
    ['absolute', whole(Math.abs(error) * millionths)],
    ['square', whole(error * error * millionths)],
    [lagCounter(lagSeconds), 1n],
  ]);
}

const whole = (x: number) => BigInt(Math.round(x));
