import { damaged } from './refusals.ts';

/** A value of Thrift's compact protocol; a struct has its fields by their numbers. */
type Value = number | boolean | Uint8Array | readonly Value[] | Fields;
export type Fields = ReadonlyMap<number, Value>;

/** Where in the bytes to read on, and how many more values may be read: what they take in memory is not their size. */
export type Cursor = { readonly bytes: Uint8Array; at: number; left: number };

const deepest = 32;
const longestVarint = 10;

/** The struct at the cursor, which is left behind it. Throws a Problem on bytes that are none. */
export function structAt(cursor: Cursor, depth = 0): Fields {
  const fields = new Map<number, Value>();
  for (let id = 0; ; ) {
    const head = byteAt(cursor);
    const type = head & 15;
    if (type === 0) return fields;
    id = head >> 4 === 0 ? zigzagAt(cursor) : id + (head >> 4);
    fields.set(id, valueAt(cursor, type, depth));
  }
}

function valueAt(cursor: Cursor, type: number, depth: number): Value {
  if (--cursor.left < 0 || depth > deepest) throw damaged();
  switch (type) {
    case 1:
    case 2:
      return type === 1;
    case 3:
      return (byteAt(cursor) << 24) >> 24;
    case 4:
    case 5:
    case 6:
      return zigzagAt(cursor);
    case 7:
      return doubleAt(cursor);
    case 8:
      return take(cursor, varintAt(cursor));
    case 9:
    case 10:
      return listAt(cursor, depth);
    case 12:
      return structAt(cursor, depth + 1);
    default:
      throw damaged();
  }
}

function listAt(cursor: Cursor, depth: number): Value[] {
  const head = byteAt(cursor);
  const type = head & 15;
  const length = head >> 4 === 15 ? varintAt(cursor) : head >> 4;
  const values: Value[] = [];
  for (let i = 0; i < length; i++)
    values.push(type <= 2 ? byteAt(cursor) === 1 : valueAt(cursor, type, depth + 1));
  return values;
}

function doubleAt(cursor: Cursor): number {
  const { buffer, byteOffset } = take(cursor, 8);
  return new DataView(buffer, byteOffset, 8).getFloat64(0, true);
}

function take(cursor: Cursor, length: number): Uint8Array {
  const taken = cursor.bytes.subarray(cursor.at, cursor.at + length);
  if (taken.length !== length) throw damaged();
  cursor.at += length;
  return taken;
}

export function byteAt(cursor: Pick<Cursor, 'bytes' | 'at'>): number {
  const byte = cursor.bytes[cursor.at++];
  if (byte === undefined) throw damaged();
  return byte;
}

/** Unsigned LEB128; beyond 2^53 it is near the number and no safe integer. */
export function varintAt(cursor: Pick<Cursor, 'bytes' | 'at'>): number {
  let value = 0;
  for (let i = 0; i < longestVarint; i++) {
    const byte = byteAt(cursor);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  throw damaged();
}

export function zigzagAt(cursor: Pick<Cursor, 'bytes' | 'at'>): number {
  const value = varintAt(cursor);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** A field that is not there is undefined; one of another type is damage. */
export const numberOf = (fields: Fields, id: number) => fieldOf(fields, id, isInteger);
export const truthOf = (fields: Fields, id: number) => fieldOf(fields, id, isTruth);
export const bytesOf = (fields: Fields, id: number) => fieldOf(fields, id, isBytes);
export const structOf = (fields: Fields, id: number) => fieldOf(fields, id, isStruct);

export function listOf<T extends Value>(
  fields: Fields,
  id: number,
  is: (value: Value) => value is T,
): readonly T[] {
  const list = fieldOf(fields, id, Array.isArray as (value: Value) => value is readonly Value[]);
  if (!list?.every(is)) throw damaged();
  return list;
}

/** What must be there. */
export function needed<T>(value: T | undefined): T {
  if (value === undefined) throw damaged();
  return value;
}

function fieldOf<T extends Value>(
  fields: Fields,
  id: number,
  is: (value: Value) => value is T,
): T | undefined {
  const value = fields.get(id);
  if (value === undefined || is(value)) return value;
  throw damaged();
}

const isInteger = (value: Value): value is number => Number.isSafeInteger(value);
const isTruth = (value: Value): value is boolean => typeof value === 'boolean';
export const isBytes = (value: Value): value is Uint8Array => value instanceof Uint8Array;
export const isStruct = (value: Value): value is Fields => value instanceof Map;
