import { total } from './psi.ts';

/** Jensen-Shannon distance in base 2, 0…1: nothing is floored. Null, like the others, where a side has no rows. */
export function js(expected: readonly number[], actual: readonly number[]): number | null {
  const rows = total(expected);
  const live = total(actual);
  if (rows === 0 || live === 0) return null;
  let divergence = 0;
  for (let bin = 0; bin < expected.length; bin++) {
    const e = (expected[bin] as number) / rows;
    const a = (actual[bin] as number) / live;
    divergence += towards(e, (e + a) / 2) + towards(a, (e + a) / 2);
  }
  return Math.sqrt(Math.min(Math.max(divergence / 2, 0), 1));
}

const towards = (p: number, middle: number) => (p === 0 ? 0 : p * Math.log2(p / middle));

/** The largest difference of the cumulative shares at the borders of ordered bins: at most the exact one. */
export function ks(expected: readonly number[], actual: readonly number[]): number | null {
  const gaps = cumulative(expected, actual);
  return gaps ? gaps.reduce((largest, gap) => Math.max(largest, Math.abs(gap)), 0) : null;
}

/** Of ordered bins at these places, in the places' unit: the area between the cumulative shares. */
export function wasserstein(
  expected: readonly number[],
  actual: readonly number[],
  places: readonly number[],
): number | null {
  const gaps = cumulative(expected, actual);
  if (!gaps) return null;
  let area = 0;
  for (let bin = 0; bin + 1 < gaps.length; bin++)
    area += Math.abs(gaps[bin] as number) * ((places[bin + 1] as number) - (places[bin] as number));
  return area;
}

/** Cumulative shares of the one less those of the other, after each bin. */
function cumulative(expected: readonly number[], actual: readonly number[]): number[] | null {
  const rows = total(expected);
  const live = total(actual);
  if (rows === 0 || live === 0) return null;
  let before = 0;
  let now = 0;
  return expected.map((count, bin) => {
    before += count;
    now += actual[bin] as number;
    return before / rows - now / live;
  });
}
