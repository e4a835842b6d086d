import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Reference, reference } from '../../scoring/evaluate/reference.ts';
import { cells, linesAt, numbersIn, sparse, table } from './csv.ts';
import { distance, haveThirdParty, libraryAnswer, modelAt, thirdParty, tolerance } from './goldens.ts';

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

const at = (...path: string[]) => join(thirdParty, ...path);

/** Rows of a sparse file, whose absent values are missing, as the model's own. */
const rowsOf = (model: Reference, path: string): Float64Array[] =>
  linesAt(at(path)).map((line) => {
    const given = sparse(line);
    return Float64Array.from(model.features, (_, column) => given.get(column) ?? Number.NaN);
  });

const margins = (model: Reference, rows: Float64Array[]) => rows.flatMap((row) => [...model.margin(row)]);
const answers = (model: Reference, rows: Float64Array[]) => rows.flatMap((row) => libraryAnswer(model, row));
const numbersAt = (path: string) => linesAt(at(path)).flatMap(numbersIn);

const words = new Map([
  ['', Number.NaN],
  ['N/A', Number.NaN],
  ['TRUE', 1],
  ['FALSE', 0],
]);

/** One-hot columns in the order of a feature map: 1 where the cell is the level, a number where there is none. */
function oneHot(map: string[][], record: Record<string, string>): Float64Array {
  return Float64Array.from(map, ([, name = '']) => {
    const [column = '', level] = name.split('=');
    const cell = record[column] ?? '';
    if (level !== undefined) return cell === level ? 1 : 0;
    return words.get(cell) ?? Math.fround(Number(cell));
  });
}

describe.skipIf(!haveThirdParty)('models in the old binary format of XGBoost', () => {
  if (!haveThirdParty) return;
  const folder = 'jpmml-xgboost/xgboost/legacy';
  const legacy = readdirSync(at(folder)).map((file) => {
    const name = file.replace('.model', '');
    const data = ['Audit', 'Auto', 'Iris', 'Visit'].find((set) => name.endsWith(set)) ?? '';
    return { name, path: `${folder}/${file}`, data };
  });

  test('there are some', () => expect(legacy.length).toBeGreaterThan(4));

  test.each(legacy)('$name, trained by XGBoost 2.1 on one-hot columns', ({ name, path, data }) => {
    const model = modelAt(at(path));
    const map = linesAt(at('jpmml-xgboost/csv', `${data}.fmap`)).map((line) => line.split('\t'));
    const records = table(readFileSync(at('jpmml-xgboost/csv', `${data}.csv`), 'utf8'));
    const [, ...expected] = linesAt(at('jpmml-xgboost/csv/legacy', `${name}.csv`)).map(cells);
    expect(model.features).toHaveLength(map.length);
    expect(records).toHaveLength(expected.length);
    const given = answers(
      model,
      records.map((record) => oneHot(map, record)),
    );
    const single = model.output.kind === 'regression' || model.output.link === 'step';
    const due = expected.flatMap((row) =>
      single ? row.slice(0, 1) : row.slice(expected[0]?.length === 3 ? 2 : 1),
    );
    expect(distance(given, due.map(Number))).toBeLessThanOrEqual(tolerance.printed);
  });

  test.each([
    ['xgagaricus', 'agaricus_test', 'predictions', answers],
    ['xgblin_agaricus', 'agaricus_test', 'predictions', answers],
    ['xgblin_agaricus', 'agaricus_test', 'raw_predictions', margins],
  ])('%s of leaves: %s, %s', (name, data, what, ask) => {
    const model = modelAt(at(`leaves/${name}.model`));
    const rows = rowsOf(model, `leaves/${data}.libsvm`);
    const expected = numbersAt(`leaves/${name}_true_${what}.txt`);
    const bound = ask === margins ? tolerance.xgboost.margin : tolerance.xgboost.prediction;
    expect(distance(ask(model, rows), expected)).toBeLessThanOrEqual(bound);
  });

  test('xgdermatology of leaves: six margins, of an XGBoost that adds the base score first', () => {
    const old = modelAt(at('leaves/xgdermatology.model'));
    const rows = rowsOf(old, 'leaves/dermatology_test.libsvm');
    const expected = numbersAt('leaves/xgdermatology_true_predictions.txt');
    expect(distance(margins(old, rows), expected)).toBeLessThanOrEqual(tolerance.xgboost.prediction);
    // The file is older than 1.3, which began to add it first, and so are our sums; its answers are newer.
    const core = { ...old.ir.core, baseLast: false } as typeof old.ir.core;
    expect(distance(margins(reference({ ...old.ir, core }), rows), expected)).toBe(0);
  });

  test.each(['gblinear/v47/multi-softprob', 'gbtree/v40/multi-softprob', 'gbtree/v47/binary-logistic'])(
    '%s of xgboost-predictor-java',
    (name) => {
      const model = modelAt(at('xgboost-predictor-java/model', `${name}.model`));
      const rows = rowsOf(model, 'xgboost-predictor-java/data/agaricus.txt.0.test');
      const expected = (what: string) => numbersAt(`xgboost-predictor-java/expectation/${name}.${what}`);
      // The Java port adds up a linear model in another order than the library.
      const bound = model.ir.core.type === 'linear' ? tolerance.printed : tolerance.xgboost.margin;
      expect(distance(margins(model, rows), expected('margin'))).toBeLessThanOrEqual(bound);
      expect(distance(answers(model, rows), expected('predict'))).toBeLessThanOrEqual(tolerance.printed);
    },
  );

  test.each([
    ['h2oai-xgboost-predictor/boosterBytesProstateDart.bin', 'reg:squarederror', 20],
    ['h2oai-xgboost-predictor/boosterBytesProstateTreeVersion12.bin', 'reg:squarederror', 8],
    ['mlserver/xgboost-iris.bst', 'multi:softmax', 100],
    ['treelite/mushroom/mushroom.model', 'binary:logistic', 2],
    ['xgboost-predictor-java/model/dart/rank-pairwise.model', 'rank:pairwise', 4],
  ])('%s is read', (path, objective, trees) => {
    const { ir } = modelAt(at(path));
    expect([ir.objective, ir.core.type === 'trees' && ir.core.root.length]).toEqual([objective, trees]);
  });
});
