import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { distance, haveThirdParty, thirdParty } from './goldens.ts';
import { answersOf, mojoAt, rowOf, unpredicted } from './h2oModels.ts';

type Fields = Record<string, unknown>;
type Case = {
  model: string;
  tol: number;
  row: Fields;
  label: string;
  classProbabilities: number[];
  calibratedClassProbabilities: number[];
  rows: Fields[] | (number | null)[][];
  preds: number[][];
  offsets: number[][];
  values: number[][];
};

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

describe.skipIf(!haveThirdParty)("the numbers in H2O's own unit tests", () => {
  if (!haveThirdParty) return;
  const { cases }: { cases: Case[] } = JSON.parse(
    readFileSync(join(thirdParty, 'h2o-3/expected_from_unit_tests.json'), 'utf8'),
  );
  const modelOf = (name: string) => mojoAt(join(thirdParty, unpredicted.get(name) as string));
  const caseOf = (path: string) => cases.find(({ model }) => model.includes(path)) as Case;

  test('there are five', () => {
    expect(cases).toHaveLength(5);
  });

  test('a calibrated GBM of two multinomial classes', () => {
    const model = modelOf('gbm_calibrated');
    const { row, label, classProbabilities, calibratedClassProbabilities, tol } = caseOf('gbm/calibrated');
    const answer = model.predict(rowOf(model, row));
    expect(answer.prediction).toBe(label);
    expect(distance(Object.values(answer.probabilities ?? {}), classProbabilities)).toBeLessThan(tol);
    expect(distance(Object.values(answer.calibrated ?? {}), calibratedClassProbabilities)).toBeLessThan(tol);
  });

  test('an ensemble of three classes', () => {
    const model = modelOf('ensemble_multinomial');
    const { row, label, classProbabilities, tol } = caseOf('ensemble/multinomial');
    const answer = model.predict(rowOf(model, row));
    expect(answer.prediction).toBe(label);
    expect(distance(Object.values(answer.probabilities ?? {}), classProbabilities)).toBeLessThan(tol);
  });

  test('an ensemble of which 26 of 27 base models are absent', () => {
    const model = modelOf('ensemble_binomial_without_useless_models');
    const { row, label } = caseOf('without_useless');
    expect(model.predict(rowOf(model, row)).prediction).toBe(label);
  });

  test('a GLM of H2O 3.11, rows as numbers and codes', () => {
    const model = modelOf('glm_prostate');
    const { rows, preds, tol } = caseOf('glm/prostate');
    const read = (rows as (number | null)[][]).map((row) => Float64Array.from(row, (x) => x ?? Number.NaN));
    const answers = read.map((row) => answersOf(model, row));
    expect(
      distance(
        answers.flat(),
        preds.flatMap((row) => row.slice(1)),
      ),
    ).toBeLessThan(tol);
    expect(read.map((row) => model.output.classes.indexOf(String(model.predict(row).prediction)))).toEqual(
      preds.map(([label]) => label),
    );
  });

  test('an XGBoost model whose offset stands in place of the base score', () => {
    const model = modelOf('XGBoostWithOffset');
    const { rows, offsets, values, tol } = caseOf('WithOffset');
    const answers = offsets.flatMap((set) =>
      set.map((offset, i) => model.predict(rowOf(model, { ...(rows[i] as Fields), offset })).prediction),
    );
    expect(distance(answers.map(Number), values.flat())).toBeLessThan(tol);
  });
});
