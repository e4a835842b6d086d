import type { Value } from './model.ts';

/**
 * The order of bounds (Iceberg specification, "Bounds"): strings by their UTF-8 bytes, binary unsigned, -0 before 0.
 * Both values are of one type, and NaN has no place in it.
 */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a < b) return -1;
  if (a > b) return 1;
  return a === 0 ? zeroSign(a) - zeroSign(b) : 0;
}

const zeroSign = (zero: Value): number => (Object.is(zero, -0) ? 0 : 1);

/** Equality of partition values: null equals null and NaN equals NaN. */
export function sameValue(a: Value | null, b: Value | null): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return Object.is(a, b);
}
