import { damaged } from './refusals.ts';
import { varintAt } from './thrift.ts';

/**
 * Parquet's mixture of runs and packed bits: `count` numbers of `width` bits from where the bytes begin. A run says
 * how long it is and may lie: it never fills more than there is room for.
 */
export function hybrid(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 32) throw damaged();
  const values = new Uint32Array(count);
  const cursor = { bytes, at: 0 };
  for (let filled = 0; filled < count; ) {
    const head = varintAt(cursor);
    const said = Math.floor(head / 2);
    const isPacked = head % 2 === 1;
    const wanted = Math.min(isPacked ? said * 8 : said, count - filled);
    if (isPacked) {
      for (let i = 0; i < wanted; i++) values[filled + i] = bitsAt(bytes, cursor.at, i, width);
      cursor.at += said * width;
    } else {
      values.fill(bitsAt(bytes, cursor.at, 0, width), filled, filled + wanted);
      cursor.at += Math.ceil(width / 8);
    }
    filled += wanted;
  }
  return values;
}

/** The so-many-th number of `width` ≤ 32 bits, lowest bit first. */
export function bitsAt(bytes: Uint8Array, start: number, index: number, width: number): number {
  if (width === 0) return 0;
  const bit = index * width;
  const first = start + Math.floor(bit / 8);
  const last = start + Math.floor((bit + width - 1) / 8);
  if (last >= bytes.length) throw damaged();
  let value = 0;
  for (let at = last; at >= first; at--) value = value * 256 + (bytes[at] as number);
  return Math.floor(value / 2 ** (bit % 8)) % 2 ** width;
}
