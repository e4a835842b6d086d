import type { Output } from '../ir.ts';
import { firstDouble, rowHash } from './javaRandom.ts';

/** Is it the second of two classes? Without a threshold a tie is the first, as in XGBoost and LightGBM. */
export function isSecond({ threshold }: Output): (p1: number) => boolean {
  return threshold === undefined ? (p1) => p1 > 0.5 : (p1) => p1 >= threshold;
}

/** The likeliest class: the first of equal ones, or the one that H2O draws. */
export function likeliest({ ties }: Output): (values: Float64Array, row: Float64Array) => number {
  return ties ? (values, row) => drawn(values, ties, row) : largest;
}

function largest(values: Float64Array): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if ((values[c] as number) > (values[best] as number)) best = c;
  return best;
}

/**
 * H2O breaks ties by a draw that is seeded by the row and weighed by the prior class distribution. Its list of
 * ties starts with the first class and is not cleared when a larger probability comes: kept so, for equal labels.
 */
function drawn(values: Float64Array, prior: readonly number[], row: Float64Array): number {
  const ties = [0];
  let best = 0;
  let count = 0;
  for (let c = 1; c < values.length; c++) {
    const value = values[c] as number;
    const most = values[best] as number;
    if (value > most) {
      best = c;
      count = 0;
    } else if (value === most) {
      count++;
      ties.push(c);
    }
  }
  return count === 0 ? best : (byDraw(ties, prior, firstDouble(rowHash(row))) ?? best);
}

function byDraw(ties: readonly number[], prior: readonly number[], draw: number): number | undefined {
  const weightOf = (c: number) => prior[c] ?? 0;
  const sum = ties.reduce((all, c) => all + weightOf(c), 0);
  let below = 0;
  return ties.find((c) => {
    below += weightOf(c) / sum;
    return below >= draw;
  });
}
