const number = new Float64Array(1);
const bits = new BigInt64Array(number.buffer);
const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** The next double above; what `x <= t` needs to be written as `x >= nextUp(t)`. */
export function nextUp(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
  if (value === 0) return Number.MIN_VALUE;
  number[0] = value;
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return number[0] ?? value;
}

export const nextDown = (value: number): number => -nextUp(-value);

/** The same for single precision, in which XGBoost compares. */
export function nextUpSingle(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
  if (value === 0) return 2 ** -149;
  single[0] = value;
  singleBits[0] = (singleBits[0] ?? 0) + (value > 0 ? 1 : -1);
  return single[0] ?? value;
}

export const nextDownSingle = (value: number): number => -nextUpSingle(-value);
