import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reference } from '../../scoring/evaluate/reference.ts';
import { distance, haveThirdParty, thirdParty, tolerance } from './goldens.ts';
import {
  answersOf,
  genmodel,
  mojoAt,
  records,
  rowOf,
  type Table,
  tableAt,
  unpredicted,
} from './h2oModels.ts';

const at = (path: string) => join(thirdParty, path);

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

/** Predictions in the columns of a table; they may be printed with fewer digits than they have. */
function expectAnswers(
  model: Reference,
  rows: Float64Array[],
  table: Table,
  columns: RegExp,
  isPrinted = false,
): void {
  const numbers = table.header.map((name, i) => (columns.test(name) ? i : -1)).filter((i) => i >= 0);
  const told = table.rows.flatMap((row) => numbers.map((i) => Number(row[i])));
  expect(told.length).toBeGreaterThan(0);
  const answers = rows.slice(0, table.rows.length).flatMap((row) => answersOf(model, row));
  // H2O's XGBoost is in single precision, and nothing may differ.
  const isSingle = model.algo === 'XGBoost';
  const expected = isSingle && isPrinted ? told.map(Math.fround) : told;
  expect(distance(answers, expected)).toBeLessThanOrEqual(isSingle ? 0 : tolerance.mojo.prediction);
}

function expectLabels(model: Reference, rows: Float64Array[], { header, rows: expected }: Table): void {
  if (header[0] !== 'label') return;
  const labels = rows.slice(0, expected.length).map((row) => model.predict(row).prediction);
  expect(labels).toEqual(expected.map(([label]) => label));
}

/** Forests of this size are explained on a part of the rows: the plain evaluator is not made for them. */
const large = 10_000;

/** One entry per column that the core sees, the bias last; in single precision there. */
function expectContributions(model: Reference, rows: Float64Array[], { header, rows: told }: Table): void {
  expect(header.at(-1)).toBe('BiasTerm');
  const { core } = model.ir;
  const isLarge = core.type === 'trees' && core.feature.length > large;
  const expected = told.slice(0, isLarge ? 100 : told.length).map((row) => row.map(Number));
  const shown = rows.slice(0, expected.length);
  const width = header.length - 1;
  const parts = shown.map((row) => [...model.explainSlots(row)]);
  const features = (list: number[]) => list.slice(0, width);
  expect(distance(parts.flatMap(features), expected.flatMap(features))).toBeLessThanOrEqual(
    tolerance.mojo.contributions,
  );
  // H2O's bias keeps the base score that an offset replaces.
  if (!model.contributions.available) return;
  const bias = (list: number[]) => list.at(-1) as number;
  expect(distance(parts.map(bias), expected.map(bias))).toBeLessThanOrEqual(tolerance.mojo.contributions);
  const short = Math.max(...shown.slice(0, 50).map((row) => model.unexplained(row)));
  expect(short).toBeLessThanOrEqual(tolerance.additivity);
}

const datasets = ['AuditNA', 'Audit', 'Auto', 'Iris', 'VisitNA', 'Visit', 'Housing', 'BitSet'];
const datasetOf = (name: string) => datasets.find((dataset) => name.endsWith(dataset)) as string;

describe.skipIf(!haveThirdParty)('MOJOs of other projects answer as H2O does', () => {
  if (!haveThirdParty) return;
  const jpmml = readdirSync(at('jpmml-h2o/mojo')).map((file) => file.replace('.zip', ''));

  test('there are some', () => {
    expect(jpmml.length).toBeGreaterThan(20);
    for (const path of unpredicted.values()) expect(existsSync(at(path)), path).toBe(true);
  });

  test.each(jpmml)('%s', (name) => {
    const model = mojoAt(at(`jpmml-h2o/mojo/${name}.zip`));
    const table = tableAt(at(`jpmml-h2o/csv/${datasetOf(name)}.csv`));
    const rows = records(table).map((record) => rowOf(model, record));
    const own = at(`jpmml-h2o/csv/${name}.csv`);
    if (existsSync(own)) {
      const value = model.output.classes.length > 0 ? /^probability\(/ : /^/;
      expectAnswers(model, rows, tableAt(own), value, true);
    }
    const predictions = genmodel(`${name}.preds.tsv`);
    if (existsSync(predictions)) {
      expectAnswers(model, rows, tableAt(predictions), /^p\(/);
      expectLabels(model, rows, tableAt(predictions));
    }
    expect(existsSync(own) || existsSync(predictions)).toBe(true);
    const contributions = at(`generated/h2o-genmodel-contribs/${name}.contribs.tsv`);
    if (existsSync(contributions)) expectContributions(model, rows, tableAt(contributions));
  });

  test.each([...unpredicted])('%s', (name, path) => {
    const model = mojoAt(at(path));
    const rows = records(tableAt(genmodel(`${name}.input.csv`))).map((record) => rowOf(model, record));
    const predictions = tableAt(genmodel(`${name}.preds.tsv`));
    expectAnswers(model, rows, predictions, /^(?!label$)/);
    expectLabels(model, rows, predictions);
    const contributions = genmodel(`${name}.contribs.tsv`);
    if (existsSync(contributions)) expectContributions(model, rows, tableAt(contributions));
  });

  test('the predictions that Sparkling Water shows for prostate.csv', () => {
    const model = mojoAt(at('sparkling-water/binom_model_prostate.mojo'));
    const table = tableAt(at('sparkling-water/binom_model_prostate_prediction.csv'));
    const rows = records(table).map((record) => rowOf(model, record));
    expectAnswers(model, rows, table, /^prob[01]$/);
    const label = table.header.indexOf('prediction');
    expect(rows.map((row) => model.predict(row).prediction)).toEqual(table.rows.map((row) => row[label]));
  });
});
