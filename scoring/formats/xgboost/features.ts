import { caps } from '../../caps.ts';
import type { Feature } from '../../ir.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { checkFeatures, registeredLevels, type Values } from '../features.ts';
import { field, lengthOf, listOf, numbersOf, textOf } from '../fields.ts';

/** Names, kinds and levels of the inputs; a file without names means f0, f1, … as the library does. */
export function featuresOf(learner: unknown, booster: unknown, count: number, values?: Values): Feature[] {
  const names = namesOf(field(learner, 'feature_names'), count);
  const types = listOrNone(field(learner, 'feature_types'), count, 'learner.feature_types');
  const encodings = listOrNone(field(field(booster, 'cats'), 'enc'), count, 'cats.enc');
  const features = names.map((name, i): Feature => {
    if (types[i] !== 'c') return { name, kind: 'number' };
    const levels = levelsOf(encodings[i], name, values);
    return levels ? { name, kind: 'category', levels } : { name, kind: 'category' };
  });
  return checkFeatures(features);
}

function namesOf(value: unknown, count: number): string[] {
  const at = 'learner.feature_names';
  const names = listOrNone(value, count, at).map((name) => textOf(name, at));
  return names.length > 0 ? names : Array.from({ length: count }, (_, i) => `f${i}`);
}

function listOrNone(value: unknown, count: number, at: string): unknown[] {
  if (value === undefined || value === null) return [];
  const list = listOf(value, at);
  if (list.length === 0 || list.length === count) return list;
  throw malformed('A list has a different length than there are features.', at);
}

/**
 * Level names are one run of UTF-8 bytes with offsets; numeric levels are plain numbers without; old files
 * have none.
 */
function levelsOf(encoding: unknown, name: string, registered?: Values): string[] | undefined {
  const at = 'cats.enc';
  const offsets = field(encoding, 'offsets');
  const values = encoding === undefined ? [] : field(encoding, 'values');
  const numbers = numbersOf(values, lengthOf(values, at), at);
  if (numbers.length === 0 && (offsets === undefined || lengthOf(offsets, at) <= 1))
    return registeredLevels(name, registered);
  if (offsets === undefined) return Array.from(numbers, String);
  const marks = numbersOf(offsets, lengthOf(offsets, at), at);
  if (marks.length > caps.levels) throw tooLarge(`The model has more than ${caps.levels} levels.`, at);
  const bytes = Uint8Array.from(numbers, (byte) => byte & 255);
  checkMarks(marks, bytes.length, at);
  const levels = Array.from(marks.subarray(1), (end, i) => decoder.decode(bytes.subarray(marks[i], end)));
  return bytes.every((byte) => byte < 128) ? levels : checkedLevels(name, marks, registered);
}

const decoder = new TextDecoder();

function checkMarks(marks: Float64Array, length: number, at: string): void {
  let last = 0;
  for (const mark of marks) {
    if (!(Number.isInteger(mark) && mark >= last && mark <= length))
      throw malformed('The level names are cut wrongly.', at);
    last = mark;
  }
}

/**
 * XGBoost's Python package counts letters where it should count bytes and cuts names beyond ASCII short, so
 * such a file
 * does not tell its own level names: registered ones are taken when they have the lengths that the file has.
 */
function checkedLevels(name: string, marks: Float64Array, registered?: Values): string[] {
  const levels = registeredLevels(name, registered) ?? [];
  const fits = (length: (level: string) => number) =>
    levels.length === marks.length - 1 &&
    levels.every((level, i) => length(level) === (marks[i + 1] as number) - (marks[i] as number));
  if (fits((level) => [...level].length) || fits((level) => new TextEncoder().encode(level).length))
    return levels;
  throw refuse(
    'unsupported_model',
    'XGBoost cut the level names of a categorical feature, because they hold letters beyond ASCII.',
    'Register the values of the feature with the model, in the order of its training categories.',
    'cats.enc',
  );
}
