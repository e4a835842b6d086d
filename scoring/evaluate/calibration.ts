import type { Calibration } from '../ir.ts';

/** The calibrated probability of the second class, from those of both. */
export function calibrated(calibration: Calibration): (p0: number, p1: number) => number {
  if (calibration.kind === 'platt') {
    const { slope, intercept } = calibration;
    // H2O fits its line to the probability of the first class.
    return (p0) => 1 / (1 + Math.exp(-(p0 * slope + intercept)));
  }
  const { x, y, smallest, largest } = calibration;
  return (_, p1) => between(x, y, Math.min(Math.max(p1, smallest), largest));
}

/** Linear between neighbouring points (x ascending), level beyond the first and the last. */
function between(x: readonly number[], y: readonly number[], at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  if (low === x.length) return y[low - 1] as number;
  if (low === 0 || x[low] === at) return y[low] as number;
  const before = x[low - 1] as number;
  const share = (at - before) / ((x[low] as number) - before);
  return (1 - share) * (y[low - 1] as number) + share * (y[low] as number);
}
