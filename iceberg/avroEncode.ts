import type { AvroField, AvroType, AvroValue } from './avro.ts';
import { malformed } from './fault.ts';

/** Bytes that grow as they are written. */
export interface Sink {
  bytes: Buffer;
  length: number;
}

export const newSink = (): Sink => ({ bytes: Buffer.allocUnsafe(1 << 16), length: 0 });
export const written = (sink: Sink): Buffer => sink.bytes.subarray(0, sink.length);

/** Makes room for `length` bytes and gives where they begin. */
function reserve(sink: Sink, length: number): number {
  const at = sink.length;
  sink.length += length;
  if (sink.length > sink.bytes.length) {
    const larger = Buffer.allocUnsafe(2 * sink.length);
    sink.bytes.copy(larger, 0, 0, at);
    sink.bytes = larger;
  }
  return at;
}

export function writeRaw(sink: Sink, bytes: Uint8Array): void {
  const at = reserve(sink, bytes.length);
  sink.bytes.set(bytes, at);
}

/** Room is made first: it may move the bytes. */
function writeByte(sink: Sink, byte: number): void {
  const at = reserve(sink, 1);
  sink.bytes[at] = byte;
}

/** Zigzag varint of a signed 64-bit integer. */
export function writeLong(sink: Sink, value: number | bigint): void {
  if (typeof value === 'bigint' || Math.abs(value) >= 2 ** 52) writeWideLong(sink, BigInt(value));
  else writeNarrowLong(sink, value);
}

function writeNarrowLong(sink: Sink, value: number): void {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) writeByte(sink, (rest % 128) | 0x80);
  writeByte(sink, rest);
}

function writeWideLong(sink: Sink, value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) throw malformed('Avro: an integer is out of range');
  let rest = value < 0n ? -2n * value - 1n : 2n * value;
  for (; rest >= 0x80n; rest >>= 7n) writeByte(sink, Number(rest & 0x7fn) | 0x80);
  writeByte(sink, Number(rest));
}

export function writeBytes(sink: Sink, bytes: Uint8Array): void {
  writeLong(sink, bytes.length);
  writeRaw(sink, bytes);
}

export function writeString(sink: Sink, text: string): void {
  const length = Buffer.byteLength(text);
  writeLong(sink, length);
  const at = reserve(sink, length);
  sink.bytes.write(text, at);
}

const unfit = (kind: string) => malformed(`Avro: a value is not of type ${kind}`);

/** Writes one value of a type; in a union, null takes the null branch and all else the first other one. */
export function writeValue(sink: Sink, type: AvroType, value: AvroValue): void {
  switch (type.kind) {
    case 'record':
      writeRecord(sink, type.fields, value);
      break;
    case 'union':
      writeUnion(sink, type.branches, value);
      break;
    case 'array':
      writeArray(sink, type.items, value);
      break;
    case 'map':
      writeMap(sink, type.items, value);
      break;
    case 'enum':
      writeLong(sink, indexOf(type.symbols, value));
      break;
    case 'fixed':
      if (!(value instanceof Uint8Array) || value.length !== type.size) throw unfit('fixed');
      writeRaw(sink, value);
      break;
    default:
      if (typeof value === 'number') writeNumber(sink, type.kind, value);
      else writeSimple(sink, type.kind, value);
  }
}

function writeSimple(sink: Sink, kind: string, value: AvroValue): void {
  if (kind === 'string' && typeof value === 'string') writeString(sink, value);
  else if (kind === 'bytes' && value instanceof Uint8Array) writeBytes(sink, value);
  else if (kind === 'long' && typeof value === 'bigint') writeWideLong(sink, value);
  else if (kind === 'boolean' && typeof value === 'boolean') writeRaw(sink, Buffer.of(Number(value)));
  else if (kind !== 'null' || !isEmpty(value)) throw unfit(kind);
}

const isEmpty = (value: AvroValue): boolean => value === null || value === undefined;

function writeNumber(sink: Sink, kind: string, value: number): void {
  if (kind === 'double') {
    const at = reserve(sink, 8);
    sink.bytes.writeDoubleLE(value, at);
  } else if (kind === 'float') {
    const at = reserve(sink, 4);
    sink.bytes.writeFloatLE(value, at);
  } else if (fits(kind, value)) writeLong(sink, value);
  else throw unfit(kind);
}

const fits = (kind: string, value: number): boolean =>
  (kind === 'int' && value === (value | 0)) || (kind === 'long' && Number.isSafeInteger(value));

const isPlain = (value: AvroValue): value is { [key: string]: AvroValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function writeRecord(sink: Sink, fields: AvroField[], value: AvroValue): void {
  if (!isPlain(value)) throw unfit('record');
  for (const { key, type } of fields) writeValue(sink, type, value[key]);
}

function writeUnion(sink: Sink, branches: AvroType[], value: AvroValue): void {
  const empty = isEmpty(value);
  const index = branches.findIndex(({ kind }) => (kind === 'null') === empty);
  const branch = branches[index];
  if (!branch) throw unfit('union');
  writeLong(sink, index);
  writeValue(sink, branch, value);
}

function indexOf(symbols: string[], value: AvroValue): number {
  const index = typeof value === 'string' ? symbols.indexOf(value) : -1;
  if (index < 0) throw unfit('enum');
  return index;
}

function writeArray(sink: Sink, items: AvroType, value: AvroValue): void {
  if (!Array.isArray(value)) throw unfit('array');
  if (value.length > 0) writeLong(sink, value.length);
  for (const item of value) writeValue(sink, items, item);
  writeLong(sink, 0);
}

function writeMap(sink: Sink, items: AvroType, value: AvroValue): void {
  if (!isPlain(value)) throw unfit('map');
  const entries = Object.entries(value);
  if (entries.length > 0) writeLong(sink, entries.length);
  for (const [key, item] of entries) {
    writeString(sink, key);
    writeValue(sink, items, item);
  }
  writeLong(sink, 0);
}
