/** Share that takes the place of an empty bin's, on either side. Nothing is renormalised. */
export const defaultFloor = 1e-4;

/**
 * Population stability index of two lists of counts over the same bins: Σ (a − e) · ln(a ÷ e) of the shares, natural
 * logarithm. A bin that is empty on both sides adds nothing; 0 where one side has no rows at all.
 */
export function psi(expected: readonly number[], actual: readonly number[], floor = defaultFloor): number {
  const rows = total(expected);
  const live = total(actual);
  if (rows === 0 || live === 0) return 0;
  let sum = 0;
  for (let bin = 0; bin < expected.length; bin++) {
    const before = expected[bin] as number;
    const now = actual[bin] as number;
    if (before === 0 && now === 0) continue;
    const e = before === 0 ? floor : before / rows;
    const a = now === 0 ? floor : now / live;
    sum += (a - e) * Math.log(a / e);
  }
  return sum;
}

export function total(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** Bins that are not empty on both sides. */
export const occupied = (expected: readonly number[], actual: readonly number[]): number =>
  expected.filter((count, bin) => count > 0 || (actual[bin] as number) > 0).length;
