import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readSample } from '../../../functions/kit/models/sample/rows.ts';
import type { Feature } from '../../../scoring/ir.ts';

const folder = 'test/fixtures/samples';
export const file = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}/${name}`));
export const numbers = (names: readonly string[]): Feature[] =>
  names.map((name) => ({ name, kind: 'number' }));
export const columns = numbers(['id', 'age', 'income', 'ratio', 'city', 'grade', 'bought']);

/** The rows of a sample, or the sentence that it is refused with; anything else that is thrown fails the test. */
export function read(bytes: Uint8Array, features = columns, every = 1) {
  try {
    const { rows, take } = readSample(bytes, features);
    return { rows, taken: [...take(every)] };
  } catch (problem) {
    if (typeof (problem as { detail?: unknown }).detail !== 'string') throw problem;
    return (problem as { detail: string }).detail;
  }
}

/** The same rows, written in every way that is read. */
export const dresses = globSync('*.parquet', { cwd: folder })
  .map((name) => basename(name, '.parquet'))
  .filter((name) => !/^(types|int96|lz4)/.test(name));
