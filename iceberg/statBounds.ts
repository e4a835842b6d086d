import type { PrimitiveType, Value } from './model.ts';
import { valueToBytes } from './values.ts';

/** Texts longer than this, in code points, are cut: bounds serve to leave files out, not to hold values. */
const longest = 16;

/** A least value as the engine prints it, as single-value bytes; undefined where it is not known, or not worth it. */
export function lowerBound(type: PrimitiveType, text: string | undefined): Uint8Array | undefined {
  const value = text === undefined ? undefined : boundOf(type, text);
  if (value === undefined) return undefined;
  if (typeof value === 'string' && type.type === 'string')
    return Buffer.from([...value].slice(0, longest).join(''));
  return valueToBytes(type, value === 0 ? lowZero(type) : value);
}

export function upperBound(type: PrimitiveType, text: string | undefined): Uint8Array | undefined {
  const value = text === undefined ? undefined : boundOf(type, text);
  if (value === undefined) return undefined;
  if (typeof value === 'string' && type.type === 'string') return highText(value);
  return valueToBytes(type, value === 0 ? 0 : value);
}

/** Of -0 and 0 in one column the engine tells -0 as both, so each bound takes the zero that holds either. */
const lowZero = ({ type }: PrimitiveType): number => (type === 'float' || type === 'double' ? -0 : 0);

/** A text that is not less than any that begins like this one; none where every such text has to end. */
function highText(text: string): Uint8Array | undefined {
  const all = [...text];
  if (all.length <= longest) return Buffer.from(text);
  const kept = all.slice(0, longest);
  while (kept.length > 0) {
    const next = successor(kept.pop() ?? '');
    if (next !== undefined) return Buffer.from([...kept, next].join(''));
  }
  return undefined;
}

/** The next code point that a text may hold. */
function successor(character: string): string | undefined {
  const next = (character.codePointAt(0) ?? 0) + 1;
  if (next > 0x10ffff) return undefined;
  return String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
}

function boundOf(type: PrimitiveType, text: string): Value | undefined {
  const read = readers[type.type];
  const value = read?.(text);
  if (type.type === 'decimal') return decimalOf(text, type.scale);
  return typeof value === 'number' && Number.isNaN(value) ? undefined : value;
}

/** Binary is printed in a form of its own, and its bounds serve nobody. */
const readers: Partial<Record<PrimitiveType['type'], (text: string) => Value | undefined>> = {
  boolean: (text) => (text === '0' || text === '1' ? text === '1' : undefined),
  int: (text) => (/^-?\d{1,10}$/.test(text) ? Number(text) : undefined),
  long: (text) => (/^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined),
  float: floatOf,
  double: floatOf,
  date: dateOf,
  time: (text) => (/^\d\d:\d\d:\d\d(?:\.\d{1,6})?$/.test(text) ? timeOf(text, 6) : undefined),
  timestamp: (text) => momentOf(text, 6),
  timestamptz: (text) => (text.endsWith('+00') ? momentOf(text.slice(0, -3), 6) : undefined),
  timestamp_ns: (text) => momentOf(text, 9),
  string: (text) => text,
  uuid: (text) => text,
};

function floatOf(text: string): number | undefined {
  if (text === 'inf' || text === '-inf')
    return text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return /^-?[\d.]+(?:e[+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Years before 1 and infinity are left without a bound. */
function dateOf(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  // `Date.UTC` takes years below 100 for those of the twentieth century.
  const ms = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 86_400_000);
}

/** `hh:mm:ss.f` in units of 10^-digits seconds. */
function timeOf(text: string, digits: number): bigint {
  const [hours, minutes, seconds = ''] = text.split(':');
  const [whole, fraction = ''] = seconds.split('.');
  const total = (Number(hours) * 60 + Number(minutes)) * 60 + Number(whole);
  return BigInt(total) * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0'));
}

function momentOf(text: string, digits: number): bigint | undefined {
  const [, date = '', time] = /^(\S+) (\d\d:\d\d:\d\d(?:\.\d{1,9})?)$/.exec(text) ?? [];
  const days = dateOf(date);
  if (days === undefined || time === undefined) return undefined;
  return BigInt(days) * 86_400n * 10n ** BigInt(digits) + timeOf(time, digits);
}

function decimalOf(text: string, scale: number): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d*)(?:\.(\d+))?$/.exec(text) ?? [];
  if (sign === undefined || fraction.length !== scale) return undefined;
  const unscaled = BigInt(`${whole}${fraction}` || '0');
  return sign === '-' ? -unscaled : unscaled;
}
