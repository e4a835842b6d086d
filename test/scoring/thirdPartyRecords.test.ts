import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Model } from '../../scoring/load.ts';
import { distance, haveThirdParty, libraryAnswer, modelAt, thirdParty, tolerance } from './goldens.ts';

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

const textAt = (...path: string[]) => readFileSync(join(thirdParty, ...path), 'utf8');

/** Cells of a CSV whose quoted values hold commas at most. */
const cells = (line: string) =>
  Array.from(line.matchAll(/"([^"]*)"|([^,]+)|(?<=,)(?=,|$)/g), (m) => m[1] ?? m[2] ?? '');

function table(text: string): Record<string, string>[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i] ?? '', cell])));
}

const value = (cell: string | undefined) => {
  if (cell === undefined || cell === 'N/A' || cell === 'NA' || cell === '') return null;
  return cell === 'TRUE' ? true : cell === 'FALSE' ? false : cell;
};

function answers(model: Model, record: Record<string, unknown>): number[] {
  const row = model.read(record);
  if (Array.isArray(row)) throw new Error(JSON.stringify(row));
  return libraryAnswer(model, row);
}

/** Columns of the expected table that the library's own predict would return. */
function expectedOf(model: Model, row: Record<string, string>): number[] {
  const names = Object.keys(row);
  if (model.ir.objective === 'cross_entropy') return [Number(row['probability(1)'])];
  if (model.output.kind === 'regression' || model.output.link === 'step')
    return names.filter((name) => name.startsWith('_target')).map((name) => Number(row[name]));
  const probabilities = names
    .filter((name) => name.startsWith('probability'))
    .map((name) => Number(row[name]));
  return model.output.kind === 'binomial' ? probabilities.slice(1) : probabilities;
}

describe.skipIf(!haveThirdParty)('records with the names and categories of other projects', () => {
  if (!haveThirdParty) return;
  const models = [
    ...readdirSync(join(thirdParty, 'jpmml-xgboost/xgboost')).filter((file) => file.endsWith('.json')),
    ...readdirSync(join(thirdParty, 'jpmml-lightgbm/lgbm')),
  ];
  const cases = models.flatMap((file) => {
    const [name = '', ext] = file.split('.');
    const [folder, models] = ext === 'json' ? ['jpmml-xgboost', 'xgboost'] : ['jpmml-lightgbm', 'lgbm'];
    const data = readdirSync(join(thirdParty, folder, 'csv'))
      .filter(
        (csv) => name.endsWith(csv.replace('.csv', '')) && !textAt(folder, 'csv', csv).startsWith('_target'),
      )
      .toSorted((a, b) => b.length - a.length)[0];
    return data ? [{ name, path: join(folder, models, file), folder, data }] : [];
  });

  test('there are some', () => expect(cases.length).toBeGreaterThan(20));

  test.each(cases)('$folder $name', ({ name, path, folder, data }) => {
    const model = modelAt(join(thirdParty, path));
    const bound = folder === 'jpmml-xgboost' ? tolerance.printed : tolerance.lightgbm.prediction;
    const expected = table(textAt(folder, 'csv', `${name}.csv`));
    const rows = table(textAt(folder, 'csv', data));
    expect(rows).toHaveLength(expected.length);
    for (const [i, row] of rows.entries()) {
      const record = Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, value(cell)]));
      const due = expectedOf(model, expected[i] ?? {});
      expect(distance(answers(model, record), due), `row ${i}`).toBeLessThanOrEqual(bound);
    }
  });

  test('levels that a model has never seen are missing', () => {
    const model = modelAt(join(thirdParty, 'jpmml-lightgbm/lgbm/ClassificationAudit.txt'));
    const expected = table(textAt('jpmml-lightgbm/csv/ClassificationAuditInvalid.csv'));
    for (const [i, row] of table(textAt('jpmml-lightgbm/csv/AuditInvalid.csv')).entries()) {
      const record = Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, value(cell)]));
      expect(distance(answers(model, record), expectedOf(model, expected[i] ?? {}))).toBeLessThanOrEqual(
        1e-12,
      );
    }
  });

  const libsvm = (line: string) =>
    new Map(
      line
        .split(' ')
        .slice(1)
        .map((pair) => pair.split(':').map(Number) as [number, number]),
    );
  const lines = (path: string) => textAt(path).trim().split(/\r?\n/);

  test.each([
    ['leaves/lg_rf_iris.model', 'leaves/iris_test.libsvm', 'leaves/lg_rf_iris_true_predictions.txt'],
    [
      'treelite/toy_categorical/toy_categorical_model.txt',
      'treelite/toy_categorical/toy_categorical.test',
      'treelite/toy_categorical/toy_categorical.test.pred',
    ],
  ])('%s, absent is zero', (path, inputs, outputs) => {
    const model = modelAt(join(thirdParty, path));
    const expected = lines(outputs);
    for (const [i, line] of lines(inputs).entries()) {
      const given = libsvm(line);
      const record = Object.fromEntries(
        model.features.map(({ name }, column) => [name, given.get(column) ?? 0]),
      );
      expect(distance(answers(model, record), [Number(expected[i])])).toBeLessThanOrEqual(1e-12);
    }
  });

  test.each([
    'leaves/lg_breast_cancer.txt',
    'leaves/model_simple.txt',
    'tl2cgen/lightgbm_constant_tree/model_with_constant_tree.txt',
    'tl2cgen/xgb_toy_categorical/xgb_toy_categorical_model.json',
  ])('%s is read', (path) => {
    expect(existsSync(join(thirdParty, path))).toBe(true);
    expect(modelAt(join(thirdParty, path)).features.length).toBeGreaterThan(0);
  });
});
