import { malformed } from './fault.ts';
import type { PrimitiveType, Value } from './model.ts';

/**
 * Single-value bytes, as bounds hold them (Iceberg specification, appendix D, "Binary single-value serialization").
 * A column that was widened may have bounds of its narrower type: these are read too.
 */
export function valueFromBytes(type: PrimitiveType, bytes: Uint8Array): Value {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (type.type) {
    case 'boolean':
      return sized(buffer, 1)[0] !== 0;
    case 'int':
    case 'date':
      return sized(buffer, 4).readInt32LE();
    case 'float':
      return sized(buffer, 4).readFloatLE();
    case 'double':
      return buffer.length === 4 ? buffer.readFloatLE() : sized(buffer, 8).readDoubleLE();
    case 'string':
      return buffer.toString('utf8');
    case 'uuid':
      return uuidText(sized(buffer, 16));
    case 'decimal':
      return fromTwosComplement(buffer);
    case 'fixed':
    case 'binary':
      return bytes;
    default:
      return longOf(type.type, buffer);
  }
}

/** long, time and timestamps. What was an int or a date when the bound was written has four bytes. */
function longOf(type: string, buffer: Buffer): bigint {
  if (buffer.length !== 4) return sized(buffer, 8).readBigInt64LE();
  const unit = widened[type];
  if (unit === undefined) throw malformed('a bound has a wrong length');
  return BigInt(buffer.readInt32LE()) * unit;
}

/** How many of a wider type one of its narrower type is: an int, or the days of a date. */
const widened: Record<string, bigint> = {
  long: 1n,
  timestamp: 86_400_000_000n,
  timestamp_ns: 86_400_000_000_000n,
};

/** A value in the form of a type that its own type was widened to, or is widened from in an older schema. */
export function fitted({ type }: PrimitiveType, value: Value): Value {
  if (typeof value === 'bigint' && type === 'int') return Number(value);
  const unit = widened[type];
  return typeof value === 'number' && unit !== undefined ? BigInt(value) * unit : value;
}

function sized(buffer: Buffer, length: number): Buffer {
  if (buffer.length !== length) throw malformed('a bound has a wrong length');
  return buffer;
}

export function valueToBytes(type: PrimitiveType, value: Value): Uint8Array {
  if (typeof value === 'number') return numberToBytes(type.type, value);
  if (typeof value === 'bigint') return type.type === 'decimal' ? toTwosComplement(value) : eightBytes(value);
  if (typeof value === 'string') return type.type === 'uuid' ? uuidBytes(value) : Buffer.from(value);
  return typeof value === 'boolean' ? Buffer.of(value ? 1 : 0) : value;
}

function numberToBytes(type: string, value: number): Uint8Array {
  const buffer = Buffer.alloc(type === 'double' ? 8 : 4);
  if (type === 'double') buffer.writeDoubleLE(value);
  else if (type === 'float') buffer.writeFloatLE(value);
  else buffer.writeInt32LE(value);
  return buffer;
}

function eightBytes(value: bigint): Uint8Array {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64LE(value);
  return buffer;
}

/** Big-endian and of any length up to 16 bytes: 38 digits need no more. */
export function fromTwosComplement(bytes: Uint8Array): bigint {
  if (bytes.length === 0 || bytes.length > 16) throw malformed('a decimal has a wrong length');
  const raw = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(8 * bytes.length, raw);
}

/** The shortest form, or one of `length` bytes. */
export function toTwosComplement(value: bigint, length?: number): Uint8Array {
  let size = length ?? 1;
  while (length === undefined && BigInt.asIntN(8 * size, value) !== value) size++;
  if (BigInt.asIntN(8 * size, value) !== value) throw malformed('a decimal is too large');
  return Buffer.from(
    BigInt.asUintN(8 * size, value)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  );
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function uuidBytes(text: string): Uint8Array {
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) throw malformed('a uuid is not valid');
  return Buffer.from(hex, 'hex');
}
