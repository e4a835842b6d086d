import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import { linesAt, numbersIn, sparse, table } from './csv.ts';
import { distance, haveThirdParty, libraryAnswer, modelAt, thirdParty, tolerance } from './goldens.ts';
import { answers, expectedOf, recordOf, value } from './records.ts';

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

const textAt = (...path: string[]) => readFileSync(join(thirdParty, ...path), 'utf8');

describe.skipIf(!haveThirdParty)('records with the names and categories of other projects', () => {
  if (!haveThirdParty) return;
  const both = readdirSync(join(thirdParty, 'jpmml-xgboost/xgboost')).filter((file) => /json|ubj/.test(file));
  const models = [
    // Where a model is there in both formats, its JSON.
    ...both.filter((file) => file.endsWith('.json') || !both.includes(file.replace('.ubj', '.json'))),
    ...readdirSync(join(thirdParty, 'jpmml-lightgbm/lgbm')),
  ];
  const cases = models.flatMap((file) => {
    const [name = '', ext] = file.split('.');
    const [folder, models] = ext === 'txt' ? ['jpmml-lightgbm', 'lgbm'] : ['jpmml-xgboost', 'xgboost'];
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
      const record = recordOf(row);
      const due = expectedOf(model, expected[i] ?? {});
      expect(distance(answers(model, record), due), `row ${i}`).toBeLessThanOrEqual(bound);
    }
  });

  test('one-hot columns, which LightGBM took for categories of 0 and 1', () => {
    const model = modelAt(join(thirdParty, 'jpmml-lightgbm/lgbm/ClassificationAuditBin.txt'));
    const expected = table(textAt('jpmml-lightgbm/csv/ClassificationAuditBin.csv'));
    for (const [i, row] of table(textAt('jpmml-lightgbm/csv/Audit.csv')).entries()) {
      const hot = (name: string) =>
        Number(row[name.split('_', 1)[0] ?? ''] === name.slice(name.indexOf('_') + 1));
      const record = Object.fromEntries(
        model.features.map(({ name }) => [name, name in row ? value(row[name]) : hot(name)]),
      );
      expect(
        distance(answers(model, record), expectedOf(model, expected[i] ?? {})),
        `row ${i}`,
      ).toBeLessThanOrEqual(tolerance.lightgbm.prediction);
    }
  });

  test('levels that a model has never seen are missing', () => {
    const model = modelAt(join(thirdParty, 'jpmml-lightgbm/lgbm/ClassificationAudit.txt'));
    const expected = table(textAt('jpmml-lightgbm/csv/ClassificationAuditInvalid.csv'));
    for (const [i, row] of table(textAt('jpmml-lightgbm/csv/AuditInvalid.csv')).entries()) {
      const record = recordOf(row);
      expect(distance(answers(model, record), expectedOf(model, expected[i] ?? {}))).toBeLessThanOrEqual(
        1e-12,
      );
    }
  });

  const lines = (path: string) => linesAt(join(thirdParty, path));

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
      const given = sparse(line);
      const record = Object.fromEntries(
        model.features.map(({ name }, column) => [name, given.get(column) ?? 0]),
      );
      expect(distance(answers(model, record), [Number(expected[i])])).toBeLessThanOrEqual(1e-12);
    }
  });

  // The first column of one of them is the label.
  test.each([
    [
      'lgmulticlass',
      'multiclass_test',
      1,
      'predictions',
      (model: Reference, row: Float64Array) => libraryAnswer(model, row),
    ],
    [
      'lgmulticlass',
      'multiclass_test',
      1,
      'raw_predictions',
      (model: Reference, row: Float64Array) => [...model.margin(row)],
    ],
    ['lg_dart_breast_cancer', 'breast_cancer_test', 0, 'predictions', libraryAnswer],
    [
      'genlin_fmtp_poisson_Frequency',
      'genlin_fmtp_poisson_Frequency_features',
      0,
      'predictions',
      libraryAnswer,
    ],
  ])('%s of leaves: %s', (name, data, labels, what, ask) => {
    const model = modelAt(join(thirdParty, 'leaves', `${name}.model`));
    const expected = lines(`leaves/${name}_true_${what}.txt`).map(numbersIn);
    const rows = lines(`leaves/${data}.tsv`).map((line) => Float64Array.from(numbersIn(line).slice(labels)));
    const cut = rows.slice(0, expected.length);
    expect(cut.flatMap((row) => [...row])).toHaveLength(expected.length * model.features.length);
    expect(
      distance(
        cut.flatMap((row) => ask(model, row)),
        expected.flat(),
      ),
    ).toBeLessThanOrEqual(1e-12);
  });

  test('each row of leaves ends in the leaves that the library names', () => {
    const model = modelAt(join(thirdParty, 'leaves/lg_breast_cancer.txt'));
    const values = Array.from(
      textAt('leaves/lg_breast_cancer.txt').matchAll(/^leaf_value=(.*)$/gm),
      (found) => numbersIn(found[1] ?? ''),
    );
    const rows = lines('leaves/lg_breast_cancer_data.txt').map((line) => Float64Array.from(numbersIn(line)));
    const sums = lines('leaves/lg_breast_cancer_data_pred_leaves.txt').map((line) =>
      numbersIn(line).reduce((sum, leaf, tree) => sum + (values[tree]?.[leaf] ?? Number.NaN), 0),
    );
    expect(
      distance(
        rows.slice(0, sums.length).flatMap((row) => [...model.margin(row)]),
        sums,
      ),
    ).toBe(0);
  });

  test.each(['tree_1leaf', 'tree_2leaves', 'tree_3leaves'])(
    '%s of leaves is one tree, not a model',
    (name) => {
      const imported = importModel(readFileSync(join(thirdParty, 'leaves', `${name}.txt`)));
      expect(imported).toMatchObject({ refusal: { code: 'unsupported_format' } });
    },
  );

  test.each([
    'leaves/model_simple.txt',
    'tl2cgen/lightgbm_constant_tree/model_with_constant_tree.txt',
    'tl2cgen/xgb_toy_categorical/xgb_toy_categorical_model.json',
  ])('%s is read', (path) => {
    expect(existsSync(join(thirdParty, path))).toBe(true);
    expect(modelAt(join(thirdParty, path)).features.length).toBeGreaterThan(0);
  });
});
