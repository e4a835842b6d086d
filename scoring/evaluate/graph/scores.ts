/** Transformations of scores as ONNX Runtime computes them; groups are changed in place. */

export function logistic(score: number): number {
  const value = 1 / (1 + Math.exp(-Math.abs(score)));
  return score < 0 ? 1 - value : value;
}

/** Pi as far as the library writes it. */
const winitzkiPi = 314_159 / 100_000;

/**
 * The inverse of the normal distribution by Winitzki's approximation, which is off by up to 2e-3. The library takes
 * it in single precision, which near one half leaves it 5e-5 away from this.
 */
export function probit(score: number): number {
  const x = 2 * score - 1;
  const log = Math.log((1 - x) * (1 + x));
  const a = 2 / (winitzkiPi * 0.147) + 0.5 * log;
  return Math.SQRT2 * Math.sign(x) * Math.sqrt(-a + Math.sqrt(a * a - log / 0.147));
}

const largestIn = (group: Float64Array): number => {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of group) if (value > largest || Number.isNaN(value)) largest = value;
  return largest;
};

export function softmax(group: Float64Array): void {
  const largest = largestIn(group);
  let sum = 0;
  for (let i = 0; i < group.length; i++) {
    const value = Math.exp((group[i] as number) - largest);
    group[i] = value;
    sum += value;
  }
  for (let i = 0; i < group.length; i++) group[i] = (group[i] as number) / sum;
}

/** A softmax that leaves out scores of 0. */
export function softmaxZero(group: Float64Array): void {
  const largest = largestIn(group);
  let sum = 0;
  for (let i = 0; i < group.length; i++) {
    const score = group[i] as number;
    if (Math.abs(score) > 1e-7) {
      group[i] = Math.exp(score - largest);
      sum += group[i] as number;
    } else group[i] = score * Math.exp(-largest);
  }
  // Where every score is 0, the library divides 0 by 0.
  for (let i = 0; i < group.length; i++) group[i] = (group[i] as number) / sum;
}

const sizes: readonly ((group: Float64Array) => number)[] = [
  largestIn,
  (group) => group.reduce((sum, value) => sum + Math.abs(value), 0),
  (group) => Math.sqrt(group.reduce((sum, value) => sum + value * value, 0)),
];

/** A group of size 0 stays as it is. */
export const normalise =
  (norm: number) =>
  (group: Float64Array): void => {
    const size = (sizes[norm] as (group: Float64Array) => number)(group);
    if (size !== 0) for (let i = 0; i < group.length; i++) group[i] = (group[i] as number) / size;
  };
