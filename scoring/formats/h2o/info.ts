import { caps } from '../../caps.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import { numberIn } from '../fields.ts';

/** The keys and values of a model.ini; what is absent and the word null are the same. */
export type Info = ReadonlyMap<string, string>;

export function wordAt(info: Info, key: string): string | undefined {
  const value = info.get(key);
  return value === undefined || value === 'null' || value === '' ? undefined : value;
}

export function needWord(info: Info, key: string): string {
  return wordAt(info, key) ?? missing(key);
}

/** A word that is shown to people, so it must look like one. */
export function nameAt(info: Info, key: string): string | undefined {
  const word = wordAt(info, key);
  if (word === undefined || /^[\w.+-]{1,40}$/.test(word)) return word;
  throw malformed('A name in the description of the model is none.', key);
}

export const flagAt = (info: Info, key: string): boolean => info.get(key) === 'true';

export function numberAt(info: Info, key: string): number | undefined {
  const word = wordAt(info, key);
  return word === undefined ? undefined : numberIn(word, key);
}

export const needNumber = (info: Info, key: string): number => numberAt(info, key) ?? missing(key);

/** A whole number from 0. */
export function countAt(info: Info, key: string): number | undefined {
  const value = numberAt(info, key);
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw malformed('A count is no whole number from 0.', key);
}

export const needCount = (info: Info, key: string): number => countAt(info, key) ?? missing(key);

/** A list such as `[1, 2.5E-3]`. */
export function numbersAt(info: Info, key: string): Float64Array | undefined {
  const word = wordAt(info, key);
  if (word === undefined) return undefined;
  if (!word.startsWith('[') || !word.endsWith(']')) throw malformed('A list of numbers is none.', key);
  if (word.slice(1, -1).trim() === '') return new Float64Array(0);
  let count = 1;
  for (let i = word.indexOf(','); i >= 0; i = word.indexOf(',', i + 1)) count++;
  if (count > caps.listNumbers) throw tooLarge('A list of numbers is too long.', key);
  const numbers = new Float64Array(count);
  let from = 1;
  for (let i = 0; i < count; i++) {
    const found = word.indexOf(',', from);
    const end = found < 0 ? word.length - 1 : found;
    numbers[i] = numberIn(word.slice(from, end), key);
    from = end + 1;
  }
  return numbers;
}

/** A list whose length is known beforehand. */
export function needNumbers(info: Info, key: string, length: number): Float64Array {
  const numbers = numbersAt(info, key) ?? new Float64Array(0);
  if (numbers.length === length) return numbers;
  throw malformed('A list of numbers is longer or shorter than the model needs.', key);
}

function missing(key: string): never {
  throw malformed('The description of the model lacks a value.', key);
}
