import { malformed, unsupported } from './fault.ts';
import type { FieldType, PrimitiveType, Value } from './model.ts';

/** Pieces of DuckDB's SQL. Nothing of a user gets into a statement but through `quoted`, `identifier` and `literal`. */

function safe(text: string): string {
  if (text.includes('\0')) throw malformed('a text holds a NUL');
  return text;
}

export const quoted = (text: string): string => `'${safe(text).replaceAll("'", "''")}'`;
export const identifier = (name: string): string => `"${safe(name).replaceAll('"', '""')}"`;

/** The name of a column inside the engine: it ends quoting, case clashes, renames and reserved words. */
export const columnName = (fieldId: number): string => `c${fieldId}`;

const names: Record<string, string> = {
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMPTZ',
  timestamp_ns: 'TIMESTAMP_NS',
  string: 'VARCHAR',
  uuid: 'UUID',
  binary: 'BLOB',
  fixed: 'BLOB',
};

/** DuckDB's type; a fault for types that are not read: nested ones and timestamptz_ns. */
export function sqlType(type: FieldType): string {
  if (type.type === 'decimal') return `DECIMAL(${type.precision},${type.scale})`;
  const name = names[type.type];
  if (!name) throw unsupported(`a column of type ${type.type === 'other' ? type.name : type.type}`);
  return name;
}

/** A typed constant; null is NULL of that type. */
export function literal(type: PrimitiveType, value: Value | null): string {
  return value === null ? `CAST(NULL AS ${sqlType(type)})` : constant(type, value);
}

function constant(type: PrimitiveType, value: Value): string {
  if (typeof value === 'bigint') return fromBigint(type, value);
  if (typeof value === 'number') return fromNumber(type, value);
  return `CAST(${textOf(type, value)} AS ${sqlType(type)})`;
}

function textOf({ type }: PrimitiveType, value: string | boolean | Uint8Array): string {
  const texts = typeof value === 'string' && (type === 'string' || type === 'uuid');
  if (texts) return quoted(value);
  if (typeof value === 'boolean' && type === 'boolean') return String(value);
  if (!(value instanceof Uint8Array) || (type !== 'binary' && type !== 'fixed')) throw mismatch();
  return `'${Buffer.from(value).toString('hex').replaceAll(/../g, '\\x$&')}'`;
}

const mismatch = () => malformed('a constant is not of the type of its column');

function fromNumber(type: PrimitiveType, value: number): string {
  if (type.type === 'date' && Number.isInteger(value)) return `(DATE '1970-01-01' + (${value}))`;
  if (type.type === 'int' && Number.isInteger(value)) return `CAST(${value} AS INTEGER)`;
  if (type.type !== 'float' && type.type !== 'double') throw mismatch();
  const text = Object.is(value, -0) ? '-0.0' : String(value).replace('Infinity', 'inf');
  return `CAST('${text}' AS ${sqlType(type)})`;
}

function fromBigint(type: PrimitiveType, value: bigint): string {
  switch (type.type) {
    case 'long':
      return `CAST(${value} AS BIGINT)`;
    case 'decimal':
      return `CAST('${decimalText(value, type.scale)}' AS ${sqlType(type)})`;
    case 'time':
      return `(TIME '00:00:00' + to_microseconds(${value}))`;
    case 'timestamp':
      return `make_timestamp(CAST(${value} AS BIGINT))`;
    case 'timestamptz':
      return `make_timestamptz(CAST(${value} AS BIGINT))`;
    case 'timestamp_ns':
      return `make_timestamp_ns(CAST(${value} AS BIGINT))`;
    default:
      throw mismatch();
  }
}

/** 1420 of scale 2 is `14.20`. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const sign = unscaled < 0n ? '-' : '';
  return scale > 0 ? `${sign}${whole}.${digits.slice(-scale)}` : `${sign}${whole}`;
}
