import { malformed } from '../refusals.ts';

/** Own properties only: keys such as `__proto__` or `constructor` are plain names here. */
export function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

/** A binary format holds long lists of numbers as typed arrays. */
const isTyped = (value: unknown): value is Float64Array =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

export function listOf(value: unknown, at: string): unknown[] {
  if (isTyped(value)) return Array.from(value);
  if (!Array.isArray(value)) throw malformed('A list is missing.', at);
  return value;
}

export const lengthOf = (value: unknown, at: string): number =>
  isTyped(value) ? value.length : listOf(value, at).length;

export function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string') throw malformed('A text is missing.', at);
  return value;
}

/** A list of numbers, of a length known beforehand; true and false are 1 and 0. */
export function numbersOf(value: unknown, length: number, at: string): Float64Array {
  if (lengthOf(value, at) !== length)
    throw malformed('A list has a different length than those beside it.', at);
  if (isTyped(value)) return Float64Array.from(value);
  const list = listOf(value, at);
  const numbers = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const item = list[i];
    if (typeof item === 'number') numbers[i] = item;
    else if (typeof item === 'boolean') numbers[i] = item ? 1 : 0;
    else throw malformed('A list holds something that is no number.', at);
  }
  return numbers;
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** A number written as text, as both libraries like to do. */
export function numberIn(text: string, at: string): number {
  const trimmed = text.trim();
  const value = trimmed.length <= 400 && decimal.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (!Number.isFinite(value)) throw malformed('A text that should be a number is none.', at);
  return value;
}

/** A whole number from 0, as a number or as text. */
export function countIn(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  throw malformed('A count is missing or no whole number.', at);
}
