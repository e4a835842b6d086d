import type { Linear } from '../ir.ts';
import type { Sums } from './trees.ts';

/** Margins of a linear booster; a missing value adds nothing. */
export function sumLinear(linear: Linear): (row: Float64Array, sums: Sums) => void {
  const { weights, bias, base } = linear;
  const outputs = bias.length;
  return (row, sums) => {
    // In single precision a product is rounded before it is added.
    const rounded = sums instanceof Float32Array ? Math.fround : (product: number) => product;
    for (let output = 0; output < outputs; output++) {
      sums[output] = (bias[output] as number) + (base[output] as number);
      for (let column = 0; column < row.length; column++) {
        const x = row[column] as number;
        if (Number.isNaN(x)) continue;
        const product = rounded(x * (weights[column * outputs + output] as number));
        sums[output] = (sums[output] as number) + product;
      }
    }
  };
}

/** Each output's contributions: value times weight per feature, then the bias. */
export function explainLinear(linear: Linear): (row: Float64Array, out: Float64Array) => void {
  const { weights, bias, base } = linear;
  const outputs = bias.length;
  return (row, out) => {
    const width = row.length + 1;
    for (let output = 0; output < outputs; output++) {
      for (let column = 0; column < row.length; column++) {
        const x = row[column] as number;
        const weight = weights[column * outputs + output] as number;
        out[output * width + column] = Number.isNaN(x) ? 0 : x * weight;
      }
      out[output * width + row.length] = (bias[output] as number) + (base[output] as number);
    }
  };
}
