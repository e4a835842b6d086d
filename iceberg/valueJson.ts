import { malformed } from './fault.ts';
import type { Json } from './json64.ts';
import type { PrimitiveType, Value } from './model.ts';
import { uuidBytes, uuidText } from './values.ts';

/** Reads a default of a column (Iceberg specification, appendix D, "JSON single-value serialization"). */
export function valueFromJson(type: PrimitiveType): (json: Json, place: string) => Value {
  return (json, place) => {
    const value = typeof json === 'string' ? fromText(type, json) : fromScalar(type, json);
    if (value === undefined) throw malformed(`${place} has a default that is not of its type`);
    return value;
  };
}

function fromScalar({ type }: PrimitiveType, json: Json): Value | undefined {
  if (typeof json === 'boolean') return type === 'boolean' ? json : undefined;
  if (typeof json !== 'number' && typeof json !== 'bigint') return undefined;
  if (type === 'float') return Math.fround(Number(json));
  if (type === 'double') return Number(json);
  return typeof json === 'bigint' || Number.isInteger(json) ? fromInteger(type, BigInt(json)) : undefined;
}

function fromInteger(type: string, value: bigint): Value | undefined {
  if (type === 'int') return BigInt.asIntN(32, value) === value ? Number(value) : undefined;
  return type === 'long' && BigInt.asIntN(64, value) === value ? value : undefined;
}

function fromText(type: PrimitiveType, text: string): Value | undefined {
  switch (type.type) {
    case 'string':
      return text;
    case 'uuid':
      return uuidText(uuidBytes(text));
    case 'decimal':
      return unscaled(text, type.scale);
    case 'binary':
    case 'fixed':
      return /^(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text, 'hex') : undefined;
    case 'date':
      return days(text);
    default:
      return instant(type.type, text);
  }
}

/** `14.20` of scale 2 is 1420. */
function unscaled(text: string, scale: number): bigint | undefined {
  const parts = /^(-?)(\d{1,38})(?:\.(\d{1,38}))?$/.exec(text);
  const [, sign, whole = '', fraction = ''] = parts ?? [];
  if (!parts || fraction.length > scale) return undefined;
  const digits = BigInt(whole + fraction.padEnd(scale, '0'));
  return sign === '-' ? -digits : digits;
}

const msPerDay = 86_400_000;

function days(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms / msPerDay;
}

/** Digits of a second's fraction by type. */
const digits: Record<string, number> = {
  time: 6,
  timestamp: 6,
  timestamptz: 6,
  timestamp_ns: 9,
  timestamptz_ns: 9,
};
const form = /^(?:(\d{4}-\d\d-\d\d)T)?(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;

/** Micro- or nanoseconds since midnight or since 1970 in UTC. */
function instant(type: string, text: string): bigint | undefined {
  const precision = digits[type];
  const [, date, time, fraction = '', zone] = form.exec(text) ?? [];
  if (precision === undefined || time === undefined || (date === undefined) !== (type === 'time'))
    return undefined;
  if ((zone !== undefined) !== type.startsWith('timestamptz') || fraction.length > precision)
    return undefined;
  const ms = Date.parse(`${date ?? '1970-01-01'}T${time.length === 5 ? `${time}:00` : time}${zone ?? 'Z'}`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms / 1000) * 10n ** BigInt(precision) + BigInt(fraction.padEnd(precision, '0'));
}
