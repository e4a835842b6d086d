import type { Rescale } from '../ir.ts';

/**
 * H2O's scaling of a random forest's contributions, the bias included. With `from` an entry that is not 0 is taken
 * away from it, since the trees predict the first class; one that is 0 stays 0, which makes H2O's own sum too small.
 */
export function rescaler({ trees, from }: Rescale): (contributions: Float64Array) => void {
  return (contributions) => {
    for (let i = 0; i < contributions.length; i++) {
      const value = contributions[i] as number;
      if (value !== 0) contributions[i] = from === null ? value / trees : from - value / trees;
    }
  };
}

/**
 * The margin on the scale of rescaled contributions: the mean of the trees, or the probability of the second class.
 * `from` is one share of 1 in single precision, so the entries add up to it only as nearly, and less one share for
 * each entry of a used feature that is 0.
 */
export function exactProbability({ trees, from }: Rescale, margins: Float64Array): void {
  for (let i = 0; i < margins.length; i++) {
    const mean = (margins[i] as number) / trees;
    margins[i] = from === null ? mean : 1 - mean;
  }
}
