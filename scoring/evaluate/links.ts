import type { Link } from '../ir.ts';

/** One margin to one value; softmax takes all margins of a row at once and is below. */
export const links: { [link in Exclude<Link, 'softmax'>]: (margin: number) => number } = {
  identity: (margin) => margin,
  logistic: (margin) => 1 / (1 + Math.exp(-margin)),
  exp: Math.exp,
  log1pExp: (margin) => (margin > 700 ? margin : Math.log1p(Math.exp(margin))),
  signedSquare: (margin) => Math.sign(margin) * margin * margin,
  step: (margin) => (margin > 0 ? 1 : 0),
};

export function softmax(margins: Float64Array): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const margin of margins) largest = Math.max(largest, margin);
  const values = margins.map((margin) => Math.exp(margin - largest));
  let sum = 0;
  for (const value of values) sum += value;
  return values.map((value) => value / sum);
}
