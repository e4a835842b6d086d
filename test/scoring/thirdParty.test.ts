import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  distance,
  haveThirdParty,
  libraryAnswer,
  modelAt,
  numbersAt,
  rowsOf,
  shortfall,
  thirdParty,
  tolerance,
} from './goldens.ts';

type Golden = { n: string; model: string; nf: number; rows: number };

const index = (folder: string): Golden[] =>
  JSON.parse(readFileSync(join(thirdParty, 'generated', folder, 'index.json'), 'utf8'));

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

describe.skipIf(!haveThirdParty)('models of other projects answer as their own library does', () => {
  if (!haveThirdParty) return;
  const xgboost = index('xgboost-3.5dev')
    .filter(({ model }) => model.endsWith('.json'))
    .map((golden) => ({
      ...golden,
      library: 'xgboost' as const,
      folder: 'xgboost-3.5dev',
      ext: 'f32',
      raw: 'margin',
    }));
  const lightgbm = index('lightgbm-4.6').map((golden) => ({
    ...golden,
    library: 'lightgbm' as const,
    folder: 'lightgbm-4.6',
    ext: 'f64',
    raw: 'raw',
  }));

  test('there are some', () => {
    expect(xgboost.length).toBeGreaterThan(10);
    expect(lightgbm.length).toBeGreaterThan(10);
  });

  test.each([...xgboost, ...lightgbm])('$library $n', ({ n, model: path, nf, library, folder, ext, raw }) => {
    const model = modelAt(join(thirdParty, path), { trees: 'all' });
    const file = (what: string) => join(thirdParty, 'generated', folder, `${n}.${what}.${ext}`);
    const rows = rowsOf(numbersAt(file('X')), nf);
    const outputs = model.margin(rows[0] as Float64Array).length;
    const bounds = tolerance[library];

    expect(model.features).toHaveLength(nf);
    expect(
      distance(
        rows.flatMap((row) => [...model.margin(row)]),
        numbersAt(file(raw)),
      ),
    ).toBeLessThanOrEqual(bounds.margin);
    const answers = rows.flatMap((row) => libraryAnswer(model, row));
    const pred = numbersAt(file('pred'));
    // A model with several 0/1 targets answers with labels; the library prints their probabilities.
    const expected =
      model.output.kind === 'binomial' && outputs > 1 ? pred.map((p) => (p > 0.5 ? 1 : 0)) : pred;
    expect(distance(answers, expected)).toBeLessThanOrEqual(bounds.prediction);

    if (model.contributions.available === false && model.contributions.kind === 'linear tree') return;
    const contributions = rows.map((row) => model.explain(row));
    expect(
      distance(
        contributions.flatMap((part) => [...part]),
        numbersAt(file('contrib')),
      ),
    ).toBeLessThanOrEqual(bounds.contributions);
    const short = rows.map((row, i) => shortfall(model, row, contributions[i] as Float64Array));
    expect(Math.max(...short)).toBeLessThanOrEqual(tolerance.additivity);
  });

  test('a model for benchmarks: 100 LightGBM trees with 31 leaves', () => {
    const at = (what: string) => join(thirdParty, 'generated/lightgbm-4.6', `lgb100x31.${what}`);
    const model = modelAt(at('txt'));
    const rows = rowsOf(numbersAt(at('X.f64')), 28);
    expect(
      distance(
        rows.map((row) => model.margin(row)[0] ?? Number.NaN),
        numbersAt(at('raw.f64')),
      ),
    ).toBe(0);
    const explained = numbersAt(at('contrib.f64'));
    const contributions = rows.slice(0, explained.length / 29).flatMap((row) => [...model.explain(row)]);
    expect(distance(contributions, explained)).toBeLessThanOrEqual(tolerance.lightgbm.contributions);
  });
});
