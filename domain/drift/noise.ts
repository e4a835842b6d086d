import { logGamma, upperGamma } from './gamma.ts';

/** The x that a χ² variable with so many degrees of freedom exceeds with probability `tail`, 0 < tail < 1. */
export function chiSquareQuantile(tail: number, freedom: number): number {
  const a = freedom / 2;
  let low = 0;
  let high = Math.max(1, 2 * freedom);
  while (upperGamma(a, high / 2) > tail) {
    low = high;
    high *= 2;
  }
  let x = (low + high) / 2;
  for (let step = 0; step < 200; step++) {
    const excess = upperGamma(a, x / 2) - tail;
    if (excess > 0) low = x;
    else high = x;
    const density = Math.exp((a - 1) * Math.log(x / 2) - x / 2 - logGamma(a)) / 2;
    const newton = x + excess / density;
    // Newton's step, unless it leaves the bracket.
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= Number.EPSILON * x) return next;
    x = next;
  }
  return x;
}

/**
 * The PSI that sampling alone exceeds with probability `tail`, of so many bins that are not empty on both sides
 * (Yurdakul 2018). Null where a side has no rows.
 */
export function noiseBound(rows: number, live: number, bins: number, tail = 0.001): number | null {
  if (rows === 0 || live === 0) return null;
  return bins < 2 ? 0 : chiSquareQuantile(tail, bins - 1) * (1 / rows + 1 / live);
}
