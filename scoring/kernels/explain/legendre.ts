/** Points in ascending order and their weights: Σ weight · f(point) is ∫ f over [0, 1]. */
export type Rule = { points: Float64Array; weights: Float64Array };

/**
 * The Gauss-Legendre rule of `count` points on [0, 1], exact for polynomials of degree 2 · count − 1. Newton's
 * method on the Legendre polynomial, from the usual first guess (Abramowitz, Stegun: 22.16.6), one half of the
 * points; the other half mirrors it.
 */
export function legendreRule(count: number): Rule {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < (count + 1) >> 1; i++) {
    const mirrored = count - 1 - i;
    const x = mirrored === i ? 0 : root(count, Math.cos((Math.PI * (i + 0.75)) / (count + 0.5)));
    const { slope } = legendre(count, x);
    points[i] = (1 - x) / 2;
    points[mirrored] = (1 + x) / 2;
    const weight = 1 / ((1 - x) * (1 + x) * slope * slope);
    weights[i] = weight;
    weights[mirrored] = weight;
  }
  return { points, weights };
}

/** Newton doubles the digits that are right at each step: five make 64 of two. */
const steps = 8;

function root(degree: number, guess: number): number {
  let x = guess;
  for (let step = 0; step < steps; step++) {
    const { value, slope } = legendre(degree, x);
    x -= value / slope;
  }
  return x;
}

/** The Legendre polynomial of this degree, at least 1, and its derivative, inside (−1, 1). */
function legendre(degree: number, x: number): { value: number; slope: number } {
  let before = 1;
  let value = x;
  for (let k = 2; k <= degree; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return { value, slope: (degree * (before - x * value)) / ((1 - x) * (1 + x)) };
}
