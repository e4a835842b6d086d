import { malformed } from '../refusals.ts';

/** Own properties only: keys such as `__proto__` or `constructor` are plain names here. */
export function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

export function listOf(value: unknown, at: string): unknown[] {
  if (!Array.isArray(value)) throw malformed('A list is missing.', at);
  return value;
}

export function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string') throw malformed('A text is missing.', at);
  return value;
}

/** A list of numbers, of a length known beforehand; true and false are 1 and 0. */
export function numbersOf(value: unknown, length: number, at: string): Float64Array {
  const list = listOf(value, at);
  if (list.length !== length) throw malformed('A list has a different length than those beside it.', at);
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
