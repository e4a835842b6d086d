import { damaged } from './refusals.ts';
import { varintAt } from './thrift.ts';

/** Undoes Snappy (google/snappy, format_description.txt) into exactly as many bytes as are said to come out. */
export function unsnap(bytes: Uint8Array, size: number): Uint8Array {
  const cursor = { bytes, at: 0 };
  if (varintAt(cursor) !== size) throw damaged();
  const plain = new Uint8Array(size);
  let filled = 0;
  for (let { at } = cursor; at < bytes.length; ) {
    const { length, offset, next } = elementAt(bytes, at);
    if (filled + length > size) throw damaged();
    at = offset === 0 ? next + length : next;
    if (at > bytes.length) throw damaged();
    if (offset === 0) plain.set(bytes.subarray(next, at), filled);
    else repeat(plain, filled, offset, length);
    filled += length;
  }
  if (filled !== size) throw damaged();
  return plain;
}

/** A literal has no offset: its bytes follow. */
function elementAt(bytes: Uint8Array, at: number): { length: number; offset: number; next: number } {
  const tag = bytes[at] as number;
  const kind = tag & 3;
  const upper = tag >> 2;
  if (kind === 0) {
    const extra = Math.max(upper - 59, 0);
    const length = 1 + (extra === 0 ? upper : littleEndian(bytes, at + 1, extra));
    return { length, offset: 0, next: at + 1 + extra };
  }
  const size = kind === 3 ? 4 : kind;
  const low = littleEndian(bytes, at + 1, size);
  const offset = kind === 1 ? (tag >> 5) * 256 + low : low;
  if (offset === 0) throw damaged();
  return { length: kind === 1 ? 4 + (upper & 7) : 1 + upper, offset, next: at + 1 + size };
}

/** Byte by byte: what is copied may reach into itself. */
function repeat(plain: Uint8Array, at: number, offset: number, length: number): void {
  if (offset > at) throw damaged();
  for (let i = at; i < at + length; i++) plain[i] = plain[i - offset] as number;
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  if (at + size > bytes.length) throw damaged();
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}
