import type { Link } from '../ir.ts';

type Shares = (margins: Float64Array) => Float64Array;

/** Links that make one row of probabilities from all its margins. */
export const shares: { [link in Link]?: Shares } = {
  softmax: (margins) => softmax(margins),
  softmaxFromZero: (margins) => softmax(margins, 0),
  softmaxSingle,
  softmaxZero,
  normalise: divided,
  ordinal,
};

function softmax(margins: Float64Array, atLeast = Number.NEGATIVE_INFINITY): Float64Array {
  const largest = Math.max(atLeast, largestOf(margins));
  return divided(margins.map((margin) => Math.exp(margin - largest)));
}

function softmaxSingle(margins: Float64Array): Float64Array {
  const largest = largestOf(margins);
  const values = margins.map((margin) => Math.fround(Math.exp(Math.fround(margin - largest))));
  const sum = Math.fround(sumOf(values));
  return values.map((value) => Math.fround(value / sum));
}

/** What ONNX Runtime takes for zero. */
const nearlyZero = 1e-7;

function softmaxZero(margins: Float64Array): Float64Array {
  const largest = largestOf(margins);
  const isZero = (margin: number) => Math.abs(margin) <= nearlyZero;
  const sum = margins.reduce((all, margin) => (isZero(margin) ? all : all + Math.exp(margin - largest)), 0);
  return margins.map((margin) => {
    if (isZero(margin)) return sum > 0 ? (margin * Math.exp(-largest)) / sum : 0;
    return Math.exp(margin - largest) / sum;
  });
}

/** Differences of the cumulative probabilities; the last class has the rest. */
function ordinal(margins: Float64Array): Float64Array {
  const values = new Float64Array(margins.length + 1);
  let below = 0;
  for (let c = 0; c < margins.length; c++) {
    const cumulative = 1 / (1 + Math.exp(-(margins[c] as number)));
    values[c] = cumulative - below;
    below = cumulative;
  }
  values[margins.length] = 1 - below;
  return values;
}

/** Shares of their sum; as they are where they add up to nothing. */
export function divided(values: Float64Array): Float64Array {
  const sum = sumOf(values);
  return sum > 0 ? values.map((value) => value / sum) : values;
}

function largestOf(margins: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const margin of margins) largest = Math.max(largest, margin);
  return largest;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
