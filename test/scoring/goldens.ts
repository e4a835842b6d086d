import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reference, reference } from '../../scoring/evaluate/reference.ts';
import { type ImportOptions, importModel } from '../../scoring/import.ts';

/**
 * Models of other projects with their libraries' own answers; read in place, and absent from this repository.
 */
export const thirdParty = join(import.meta.dirname, '../../../shared/fixtures/models');
export const haveThirdParty = existsSync(thirdParty);

export const own = join(import.meta.dirname, '../fixtures/models');

/** How far an answer may be from the library's, relative to max(1, |value|). */
export const tolerance = {
  xgboost: { margin: 0, prediction: 1e-6, contributions: 1e-6 },
  lightgbm: { margin: 0, prediction: 1e-12, contributions: 1e-9 },
  /** H2O's own contributions are in single precision. */
  mojo: { margin: 1e-12, prediction: 1e-12, contributions: 2e-5 },
  onnx: { margin: 1e-5, prediction: 1e-5, contributions: 0 },
  skops: { margin: 1e-12, prediction: 1e-12, contributions: 1e-9 },
  /** Predictions printed in decimals by another project. */
  printed: 1e-6,
  additivity: 1e-9,
} as const;

export function modelAt(path: string, options?: ImportOptions): Reference {
  const imported = importModel(readFileSync(path), options);
  if ('refusal' in imported) throw new Error(`${path}: ${JSON.stringify(imported.refusal)}`);
  return reference(imported.model);
}

/** Little-endian numbers, row major. */
export function numbersAt(path: string): Float64Array {
  const bytes = readFileSync(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return path.endsWith('.f32') ? Float64Array.from(new Float32Array(buffer)) : new Float64Array(buffer);
}

export function rowsOf(values: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

/** The largest relative distance between two lists; NaN where only one has a number. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i] ?? Number.NaN;
    const e = expected[i] ?? Number.NaN;
    const d = Object.is(a, e) || a === e ? 0 : Math.abs(a - e) / Math.max(1, Math.abs(e));
    largest = Number.isNaN(d) ? Number.POSITIVE_INFINITY : Math.max(largest, d);
  }
  return largest;
}

/** What the library's own predict returns for one row: probabilities, a probability of class 1, values. */
export function libraryAnswer(model: Reference, row: Float64Array): number[] {
  const { prediction, probabilities, outputs } = model.predict(row);
  if (outputs) return outputs.map(Number);
  if (!probabilities) return [Number(prediction)];
  const values = Object.values(probabilities);
  return model.output.kind === 'binomial' ? values.slice(1) : values;
}

/** How far contributions are from adding up to the raw margin, output by output. */
export function shortfall(model: Reference, row: Float64Array, contributions: Float64Array): number {
  const width = row.length + 1;
  const sums = rowsOf(contributions, width).map((part) => part.reduce((sum, value) => sum + value, 0));
  return distance(sums, model.exactMargin(row));
}
