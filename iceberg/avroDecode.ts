import type { AvroRecord, AvroType, AvroValue } from './avro.ts';
import { malformed } from './fault.ts';

/** A place in bytes, and how many values may still be read: values that take no bytes must not go on for ever. */
export interface Cursor {
  bytes: Buffer;
  at: number;
  budget: number;
}

export function cursorOn(bytes: Uint8Array): Cursor {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { bytes: buffer, at: 0, budget: 2 * bytes.length + 1000 };
}

/** The next `length` bytes, not copied. */
export function take(cursor: Cursor, length: number): Buffer {
  const end = cursor.at + length;
  if (!(length >= 0 && end <= cursor.bytes.length)) throw malformed('Avro: the data end too early');
  const taken = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return taken;
}

/** Zigzag varint of at most ten bytes; what is wider than 64 bits wraps, as other readers do. */
export function readLong(cursor: Cursor): number | bigint {
  const { bytes } = cursor;
  let low = 0;
  let scale = 1;
  for (let at = cursor.at; at < cursor.at + 7; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw malformed('Avro: the data end too early');
    low += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) {
      cursor.at = at + 1;
      return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
    }
  }
  return readWideLong(cursor);
}

function readWideLong(cursor: Cursor): number | bigint {
  let raw = 0n;
  for (let i = 0n; i < 10n; i++) {
    const byte = take(cursor, 1)[0] ?? 0;
    raw |= BigInt(byte & 0x7f) << (7n * i);
    if (byte < 0x80) {
      const value = BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n));
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
  }
  throw malformed('Avro: an integer is too long');
}

export function readCount(cursor: Cursor): number {
  const count = readLong(cursor);
  if (typeof count === 'bigint' || count < 0) throw malformed('Avro: a length is not valid');
  return count;
}

const readString = (cursor: Cursor): string => take(cursor, readCount(cursor)).toString('utf8');

/** Reads one value of a type; throws a fault when the bytes are not one. */
export function readValue(type: AvroType, cursor: Cursor): AvroValue {
  if (cursor.budget-- <= 0) throw malformed('Avro: the data hold more values than bytes');
  switch (type.kind) {
    case 'record':
      return readRecord(type.fields, cursor);
    case 'union':
      return readUnion(type.branches, cursor);
    case 'array':
      return readArray(type.items, cursor);
    case 'map':
      return readMap(type.items, cursor);
    case 'enum':
      return pick(type.symbols, cursor);
    case 'fixed':
      return take(cursor, type.size);
    default:
      return readSimple(type.kind, cursor);
  }
}

function readSimple(kind: string, cursor: Cursor): AvroValue {
  switch (kind) {
    case 'long':
      return readLong(cursor);
    case 'int':
      return readInt(cursor);
    case 'string':
      return readString(cursor);
    case 'bytes':
      return take(cursor, readCount(cursor));
    case 'boolean':
      return take(cursor, 1)[0] === 1;
    case 'double':
      return take(cursor, 8).readDoubleLE();
    case 'float':
      return take(cursor, 4).readFloatLE();
    default:
      return null;
  }
}

function readInt(cursor: Cursor): number {
  const value = readLong(cursor);
  if (typeof value === 'bigint' || value !== (value | 0)) throw malformed('Avro: an integer is out of range');
  return value;
}

export function readRecord(fields: { key: string; type: AvroType }[], cursor: Cursor): AvroRecord {
  const record: AvroRecord = {};
  for (const { key, type } of fields) record[key] = readValue(type, cursor);
  return record;
}

function pick<T>(list: readonly T[], cursor: Cursor): T {
  const chosen = list[readCount(cursor)];
  if (chosen === undefined) throw malformed('Avro: a choice is out of range');
  return chosen;
}

const readUnion = (branches: AvroType[], cursor: Cursor): AvroValue =>
  readValue(pick(branches, cursor), cursor);

/** The length of the next block of an array or a map; a negative one is followed by its size in bytes. */
function readBlockLength(cursor: Cursor): number {
  const length = readLong(cursor);
  if (typeof length === 'bigint') throw malformed('Avro: a length is not valid');
  if (length < 0) readCount(cursor);
  return Math.abs(length);
}

function readArray(items: AvroType, cursor: Cursor): AvroValue[] {
  const list: AvroValue[] = [];
  for (let left = readBlockLength(cursor); left > 0; left = readBlockLength(cursor))
    for (; left > 0; left--) list.push(readValue(items, cursor));
  return list;
}

function readMap(items: AvroType, cursor: Cursor): AvroRecord {
  const entries: [string, AvroValue][] = [];
  for (let left = readBlockLength(cursor); left > 0; left = readBlockLength(cursor))
    for (; left > 0; left--) entries.push([readString(cursor), readValue(items, cursor)]);
  return Object.fromEntries(entries);
}
