import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Reference, reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import { thirdParty } from './goldens.ts';

export type Table = { header: string[]; rows: string[][] };

/** A CSV or TSV file; quoted cells may hold commas. */
export function tableAt(path: string): Table {
  const cut = path.endsWith('.tsv')
    ? (line: string) => line.split('\t')
    : (line: string) =>
        [...line.matchAll(/("([^"]*)"|[^,]*)(,|$)/g)].map(([, cell = '', quoted]) => quoted ?? cell);
  const cells = (line: string) => {
    const all = cut(line);
    return path.endsWith('.tsv') ? all : all.slice(0, line.endsWith(',') ? undefined : -1);
  };
  const lines = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  return { header: cells(lines[0] as string), rows: lines.slice(1).map(cells) };
}

export const records = ({ header, rows }: Table): Record<string, string | null>[] =>
  rows.map((row) =>
    Object.fromEntries(
      header.map((name, i) => [name, ['', 'NA', 'N/A'].includes(row[i] ?? '') ? null : (row[i] as string)]),
    ),
  );

/** A MOJO as a zip or as a directory of files. */
export function mojoAt(path: string): Reference {
  const imported = importModel(statSync(path).isDirectory() ? filesIn(path) : readFileSync(path));
  if ('refusal' in imported) throw new Error(`${path}: ${JSON.stringify(imported.refusal)}`);
  return reference(imported.model);
}

function filesIn(folder: string): Map<string, Uint8Array> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return new Map(
    paths
      .filter((path) => statSync(path).isFile())
      .map((path): [string, Uint8Array] => [relative(folder, path), readFileSync(path)]),
  );
}

export function rowOf(model: Reference, record: Record<string, unknown>): Float64Array {
  const row = model.read(record);
  if (Array.isArray(row)) throw new Error(JSON.stringify(row));
  return row;
}

/** What H2O answers, the label apart: probabilities of all classes, a value, or a score and a mean length. */
export function answersOf(model: Reference, row: Float64Array): number[] {
  const { prediction, probabilities, mean_length: length } = model.predict(row);
  if (probabilities) return model.output.classes.map((name) => probabilities[name] as number);
  return length === undefined ? [Number(prediction)] : [Number(prediction), length];
}

export const genmodel = (name: string) => join(thirdParty, 'generated/h2o-genmodel-predictions', name);

/** Where the models are that have no predictions of their own, by the name of those made for them. */
export const unpredicted = new Map([
  ['gbm_calibrated', 'h2o-3/genmodel/gbm/calibrated'],
  ['glm_prostate', 'h2o-3/genmodel/glm/prostate'],
  ['isofor', 'h2o-3/genmodel/isofor'],
  ['isoforextended', 'h2o-3/genmodel/isoforextended'],
  ['ensemble_multinomial', 'h2o-3/genmodel/ensemble/multinomial.zip'],
  ['ensemble_binomial_without_useless_models', 'h2o-3/genmodel/ensemble/binomial_without_useless_models.zip'],
  ['mojo_262_columns', 'h2o-3/genmodel/mojo.zip'],
  ['xgboost', 'h2o-3/xgboost/xgboost.zip'],
  ['oldDart', 'h2o-3/xgboost/oldDart.mojo'],
  ['XGBoostWithOffset', 'h2o-3/xgboost/XGBoostWithOffset.zip'],
  ['binom_model_prostate', 'sparkling-water/binom_model_prostate.mojo'],
  ['regre_model_prostate', 'sparkling-water/regre_model_prostate.mojo'],
  ['deep_learning_airlines_categoricals', 'sparkling-water/deep_learning_airlines_categoricals.zip'],
]);
