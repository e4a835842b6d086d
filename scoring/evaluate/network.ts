import type { Layer, Network } from '../ir.ts';
import type { Sums } from './trees.ts';

type Forward = (from: Float64Array, to: Float64Array) => void;

/** Margins of one encoded row: through all layers, and back into the units of the response. */
export function runNetwork({ layers, response }: Network): (row: Float64Array, sums: Sums) => void {
  const steps = layers.map((layer) => ({ forward: forwardOf(layer), to: new Float64Array(layer.units) }));
  return (row, sums) => {
    let values = row;
    for (const { forward, to } of steps) {
      forward(values, to);
      values = to;
    }
    for (let output = 0; output < sums.length; output++) {
      const value = values[output] as number;
      sums[output] = response ? value / response.multiply + response.subtract : value;
    }
  };
}

function forwardOf(layer: Layer): Forward {
  const { units, inputs, weights, bias, keep } = layer;
  if (layer.activation === 'maxout') return maxout(layer);
  const activate = activations[layer.activation];
  return (from, to) => {
    for (let unit = 0; unit < units; unit++) {
      const sum = dot(weights, unit * inputs, from, inputs) + (bias[unit] as number);
      to[unit] = activate(sum) * keep;
    }
  };
}

const activations: { [name in Exclude<Layer['activation'], 'maxout'>]: (x: number) => number } = {
  identity: (x) => x,
  rectifier: (x) => 0.5 * (x + Math.abs(x)),
  tanh: (x) => 1 - 2 / (1 + Math.exp(2 * x)),
  expRectifier: (x) => (x >= 0 ? x : Math.exp(x) - 1),
};

/** The larger of two sums, each added up one product after the other. */
function maxout({ units, inputs, weights, bias, keep }: Layer): Forward {
  const sum = (from: Float64Array, unit: number, k: number) => {
    let total = 0;
    for (let column = 0; column < inputs; column++)
      total += (from[column] as number) * (weights[k + 2 * (unit * inputs + column)] as number);
    return total + (bias[2 * unit + k] as number);
  };
  return (from, to) => {
    for (let unit = 0; unit < units; unit++)
      to[unit] = Math.max(sum(from, unit, 0), sum(from, unit, 1)) * keep;
  };
}

/**
 * A dot product as H2O adds it: eight sums side by side, the first four of them together, then the others, then
 * the columns that are left over.
 */
function dot(weights: Float64Array, start: number, x: Float64Array, length: number): number {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
  const whole = length - (length % 8);
  for (let i = 0; i < whole; i += 8) {
    const w = start + i;
    s0 += (weights[w] as number) * (x[i] as number);
    s1 += (weights[w + 1] as number) * (x[i + 1] as number);
    s2 += (weights[w + 2] as number) * (x[i + 2] as number);
    s3 += (weights[w + 3] as number) * (x[i + 3] as number);
    s4 += (weights[w + 4] as number) * (x[i + 4] as number);
    s5 += (weights[w + 5] as number) * (x[i + 5] as number);
    s6 += (weights[w + 6] as number) * (x[i + 6] as number);
    s7 += (weights[w + 7] as number) * (x[i + 7] as number);
  }
  let sum = s0 + s1 + s2 + s3;
  sum += s4 + s5 + s6 + s7;
  for (let i = whole; i < length; i++) sum += (weights[start + i] as number) * (x[i] as number);
  return sum;
}
