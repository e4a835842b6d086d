import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  distance,
  libraryAnswer,
  modelAt,
  numbersAt,
  rowsOf,
  shortfall,
  thirdParty,
  tolerance,
} from './goldens.ts';

/** One model with the answers of its own library: rows, predictions, raw scores and contributions in files. */
export type Golden = { n: string; model: string; nf: number; rows: number };

/** Where a library's answers lie and what its files end with. */
export type Library = { name: 'xgboost' | 'lightgbm'; folder: string; ext: string; raw: string };

export const xgboost: Library = { name: 'xgboost', folder: 'xgboost-3.5dev', ext: 'f32', raw: 'margin' };
export const lightgbm: Library = { name: 'lightgbm', folder: 'lightgbm-4.6', ext: 'f64', raw: 'raw' };

export const goldensOf = ({ folder }: Library): Golden[] =>
  JSON.parse(readFileSync(join(thirdParty, 'generated', folder, 'index.json'), 'utf8'));

/** Every row of a model: its raw scores, its answers, and its contributions with their sum. */
export function expectLikeLibrary({ name, folder, ext, raw }: Library, { n, model: path, nf }: Golden): void {
  const model = modelAt(join(thirdParty, path), { trees: 'all' });
  const file = (what: string) => join(thirdParty, 'generated', folder, `${n}.${what}.${ext}`);
  const rows = rowsOf(numbersAt(file('X')), nf);
  const outputs = model.margin(rows[0] as Float64Array).length;
  const bounds = tolerance[name];

  expect(model.features).toHaveLength(nf);
  const margins = rows.flatMap((row) => [...model.margin(row)]);
  expect(distance(margins, numbersAt(file(raw)))).toBeLessThanOrEqual(bounds.margin);
  const answers = rows.flatMap((row) => libraryAnswer(model, row));
  const pred = numbersAt(file('pred'));
  // A model with several 0/1 targets answers with labels; the library prints their probabilities.
  const expected =
    model.output.kind === 'binomial' && outputs > 1 ? pred.map((p) => (p > 0.5 ? 1 : 0)) : pred;
  expect(distance(answers, expected)).toBeLessThanOrEqual(bounds.prediction);

  if (model.contributions.available === false && model.contributions.kind === 'linear tree') return;
  const contributions = rows.map((row) => model.explain(row));
  const all = contributions.flatMap((part) => [...part]);
  expect(distance(all, numbersAt(file('contrib')))).toBeLessThanOrEqual(bounds.contributions);
  const short = rows.map((row, i) => shortfall(model, row, contributions[i] as Float64Array));
  expect(Math.max(...short)).toBeLessThanOrEqual(tolerance.additivity);
}

/** A model for benchmarks: 100 trees over 28 features, raw scores of all rows, contributions of the first of them. */
export function expectLikeBench(
  path: string,
  ext: string,
  files: { raw: string; pred?: string },
  name: Library['name'],
): void {
  const at = (what: string) => join(thirdParty, 'generated', `${path}.${what}`);
  const model = modelAt(at(ext));
  const numbers = name === 'xgboost' ? 'f32' : 'f64';
  const rows = rowsOf(numbersAt(at(`X.${numbers}`)), 28);
  const margins = rows.map((row) => model.margin(row)[0] ?? Number.NaN);
  expect(distance(margins, numbersAt(at(`${files.raw}.${numbers}`)))).toBe(0);
  const explained = numbersAt(at(`contrib.${numbers}`));
  const contributions = rows.slice(0, explained.length / 29).flatMap((row) => [...model.explain(row)]);
  expect(distance(contributions, explained)).toBeLessThanOrEqual(tolerance[name].contributions);
  if (files.pred === undefined) return;
  const answers = rows.flatMap((row) => libraryAnswer(model, row));
  expect(distance(answers, numbersAt(at(`${files.pred}.${numbers}`)))).toBeLessThanOrEqual(
    tolerance[name].prediction,
  );
}
