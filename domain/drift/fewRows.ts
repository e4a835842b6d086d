import { chiSquareQuantile } from './noise.ts';
import { defaultFloor, total } from './psi.ts';

/** From so many rows of a bin on both sides its part of the PSI is as χ² says. */
const enough = 50;
/** From so many on the difference is not worth the sums. */
const plenty = 1000;
/** Beyond so many times the baseline a window's size makes no difference: what is uncertain then is the baseline. */
const mostTimes = 20;
/** Bins of which fewer rows are expected may be empty by chance: there the fit ends too soon. */
const nearlyEmpty = 5;
/** Half of once in a thousand, as room for what the fit leaves out; a tenth with bins that are nearly empty. */
const tails = { usual: 0.0005, nearlyEmpty: 0.0001 };
/** Of a share of which nothing but counts is known (Jeffreys). */
const prior = 0.5;
/** Counts this much less likely than the likeliest one add nothing. */
const negligible = 1e-9;

type Cumulants = [mean: number, variance: number, third: number];

/**
 * The PSI that sampling alone hardly ever exceeds where bins hold few rows; null where all hold enough for the bound of
 * χ². The first three cumulants of every bin's part are summed over the counts that the baseline foretells of
 * `live` rows (beta-binomial); what bins have in common is taken from χ², and a shifted χ² of these cumulants is fitted.
 */
export function boundOfFew(
  counts: readonly number[],
  live: number,
  floor: number = defaultFloor,
): number | null {
  const rows = total(counts);
  if (rows === 0 || live === 0) return null;
  const n = Math.min(live, mostTimes * rows);
  const used = counts.filter((count) => count > 0);
  const least = Math.min(...used) * Math.min(1, n / rows);
  if (used.length < 2 || least >= enough) return null;
  const scale = 1 / rows + 1 / n;
  const sum: Cumulants = chiSquare(used.length - 1, scale);
  for (const count of counts) {
    const own = chiSquare(count > 0 ? 1 : 0, scale * (1 - count / rows));
    const exact = Math.min(count, (count * n) / rows) < plenty ? summed(count, rows, n, floor) : own;
    // The mean of a sum is the sum of the means; of the others only what the bins have in common stays as it was.
    for (const i of [0, 1, 2] as const) sum[i] += exact[i] - own[i];
  }
  return fitted(sum, least < nearlyEmpty ? tails.nearlyEmpty : tails.usual);
}

/** Of scale · χ² with so many degrees of freedom. */
const chiSquare = (freedom: number, scale: number): Cumulants => [
  freedom * scale,
  2 * freedom * scale ** 2,
  8 * freedom * scale ** 3,
];

/** What a shifted, scaled χ² with these cumulants exceeds with this probability. */
function fitted([mean, variance, third]: Cumulants, tail: number): number {
  const freedom = (8 * variance ** 3) / third ** 2;
  return mean + (third / (4 * variance)) * (chiSquareQuantile(tail, freedom) - freedom);
}

/** Cumulants of one bin's part, from its likeliest count to either side until nothing is left. */
function summed(count: number, rows: number, n: number, floor: number): Cumulants {
  const [inside, outside] = [count + prior, rows - count + prior];
  const e = count === 0 ? floor : count / rows;
  const moments = [0, 0, 0, 0] as [number, number, number, number];
  const add = (k: number, weight: number) => {
    const a = k === 0 ? floor : k / n;
    const part = count === 0 && k === 0 ? 0 : (a - e) * Math.log(a / e);
    for (let power = 0, value = weight; power < 4; power++, value *= part)
      moments[power] = (moments[power] as number) + value;
  };
  const next = (k: number) => ((n - k) * (k + inside)) / ((k + 1) * (n - k - 1 + outside));
  const likeliest = Math.min(n, Math.round((n * inside) / (inside + outside)));
  for (let k = likeliest, weight = 1; k <= n && weight > negligible; weight *= next(k), k++) add(k, weight);
  for (let k = likeliest - 1, weight = 1; k >= 0; k--) {
    weight /= next(k);
    if (weight <= negligible) break;
    add(k, weight);
  }
  const [all, ...raw] = moments;
  const [first, second, third] = raw.map((moment) => moment / all) as [number, number, number];
  return [first, second - first ** 2, third - 3 * first * second + 2 * first ** 3];
}
