import { bitsAt } from './hybrid.ts';
import { damaged } from './refusals.ts';
import { byteAt, varintAt, zigzagAt } from './thrift.ts';

/** Numbers that each were written as a difference to the one before, and where they end. */
type Deltas = { values: Float64Array; end: number };
type Filling = { bytes: Uint8Array; at: number; values: Float64Array; filled: number; wraps: boolean };

/**
 * DELTA_BINARY_PACKED: blocks of miniblocks of packed bits. Undefined where a number is not exact in double precision;
 * `wraps` says that they are of 32 bits and begin again at the other end.
 */
export function deltas(bytes: Uint8Array, count: number, wraps: boolean): Deltas | undefined {
  const filling: Filling = { bytes, at: 0, values: new Float64Array(count), filled: 1, wraps };
  const block = varintAt(filling);
  const minis = varintAt(filling);
  const said = varintAt(filling);
  filling.values[0] = zigzagAt(filling);
  const size = block / minis;
  // Each miniblock is told by a byte of its own, so there are no more of them than bytes.
  if (said !== count || minis > bytes.length || !Number.isInteger(size) || size % 32 !== 0) throw damaged();
  while (filling.filled < count) {
    const least = zigzagAt(filling);
    const widths = Array.from({ length: minis }, () => byteAt(filling));
    for (const width of widths)
      if (filling.filled < count && !fillMini(filling, least, size, width)) return undefined;
  }
  return { values: filling.values, end: Math.min(filling.at, bytes.length) };
}

/** Whether all numbers of a miniblock are exact. */
function fillMini(filling: Filling, least: number, size: number, width: number): boolean {
  const { bytes, at, values, filled, wraps } = filling;
  if (width > 32) return false;
  const most = Math.min(size, values.length - filled);
  let value = values[filled - 1] as number;
  for (let i = 0; i < most; i++) {
    value += least + bitsAt(bytes, at, i, width);
    if (wraps) value |= 0;
    else if (!Number.isSafeInteger(value)) return false;
    values[filled + i] = value;
  }
  filling.filled += most;
  filling.at += (size / 8) * width;
  return true;
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then the texts one after another. */
export function lengthsFirst(bytes: Uint8Array, count: number): Uint8Array[] {
  const { values, end } = lengths(bytes, count);
  let at = end;
  return Array.from(values, (length) => {
    const text = bytes.subarray(at, at + length);
    if (text.length !== length) throw damaged();
    at += length;
    return text;
  });
}

/**
 * DELTA_BYTE_ARRAY: of each text how much it shares with the one before, then the rest of it. A few bytes can stand
 * for texts without end, so what they come to is charged before it is made.
 */
export function sharedPrefixes(
  bytes: Uint8Array,
  count: number,
  charge: (bytes: number) => void,
): Uint8Array[] {
  const { values: shared, end } = lengths(bytes, count);
  const rests = lengthsFirst(bytes.subarray(end), count);
  let before = new Uint8Array();
  return rests.map((rest, i) => {
    const prefix = shared[i] as number;
    if (prefix > before.length) throw damaged();
    charge(prefix + rest.length);
    const text = new Uint8Array(prefix + rest.length);
    text.set(before.subarray(0, prefix));
    text.set(rest, prefix);
    before = text;
    return text;
  });
}

function lengths(bytes: Uint8Array, count: number): Deltas {
  const read = deltas(bytes, count, true);
  if (!read?.values.every((length) => length >= 0)) throw damaged();
  return read;
}
