import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import type { Ir } from '../../scoring/ir.ts';
import { marksOf } from '../../scoring/marks.ts';
import { explainerOf, generator } from './explainForests.ts';
import { distance, haveThirdParty, modelAt, numbersAt, rowsOf, thirdParty, tolerance } from './goldens.ts';
import { genmodel, mojoAt, records, rowOf, tableAt, unpredicted } from './h2oModels.ts';

const at = (path: string) => join(thirdParty, path);

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

type Golden = { n: string; model: string; nf: number };

const index = (folder: string): Golden[] =>
  JSON.parse(readFileSync(at(`generated/${folder}/index.json`), 'utf8'));

/** How far the kernel's contributions of the first rows are from the library's. */
function distanceFrom(path: string, rows: Float64Array[], contributions: Float64Array): number {
  const explain = explainerOf(modelAt(at(path), { trees: 'all' }).ir);
  const explained = rows
    .map((row) => explain(row))
    .reduce<number[]>((all, part) => all.concat([...part]), []);
  return distance(explained.slice(0, contributions.length), contributions);
}

describe.skipIf(!haveThirdParty)('the kernel explains as the libraries do', () => {
  if (!haveThirdParty) return;
  const xgboost = index('xgboost-3.5dev').map((golden) => ({
    ...golden,
    library: 'xgboost' as const,
    folder: 'xgboost-3.5dev',
    ext: 'f32',
  }));
  const lightgbm = index('lightgbm-4.6').map((golden) => ({
    ...golden,
    library: 'lightgbm' as const,
    folder: 'lightgbm-4.6',
    ext: 'f64',
  }));
  const generated = [...xgboost, ...lightgbm].filter(({ n, folder, ext }) =>
    existsSync(at(`generated/${folder}/${n}.contrib.${ext}`)),
  );

  test('there are some', () => {
    expect(generated.length).toBeGreaterThan(25);
  });

  test.each(generated)('$library $n', ({ n, model, nf, library, folder, ext }) => {
    const file = (what: string) => at(`generated/${folder}/${n}.${what}.${ext}`);
    const rows = rowsOf(numbersAt(file('X')), nf);
    expect(distanceFrom(model, rows, numbersAt(file('contrib')))).toBeLessThanOrEqual(
      tolerance[library].contributions,
    );
  });

  test.each([
    ['xgboost', 'xgboost-1.7.4/bin100d6', 'ubj', 'f32'],
    ['lightgbm', 'lightgbm-4.6/lgb100x31', 'txt', 'f64'],
  ] as const)('%s %s', (library, name, model, ext) => {
    const contributions = numbersAt(at(`generated/${name}.contrib.${ext}`));
    const rows = rowsOf(numbersAt(at(`generated/${name}.X.${ext}`)), 28).slice(0, contributions.length / 29);
    expect(rows.length).toBeGreaterThan(100);
    expect(distanceFrom(`generated/${name}.${model}`, rows, contributions)).toBeLessThanOrEqual(
      tolerance[library].contributions,
    );
  });

  const jpmml = readdirSync(at('generated/h2o-genmodel-contribs')).map(
    (file) => file.split('.')[0] as string,
  );
  const dataset = (name: string) =>
    ['AuditNA', 'Audit', 'Auto', 'VisitNA', 'Visit', 'BitSet'].find((end) => name.endsWith(end)) as string;
  const mojos = [
    ...jpmml.map((name) => ({
      name,
      model: `jpmml-h2o/mojo/${name}.zip`,
      input: at(`jpmml-h2o/csv/${dataset(name)}.csv`),
      contributions: at(`generated/h2o-genmodel-contribs/${name}.contribs.tsv`),
    })),
    ...[...unpredicted]
      .map(([name, model]) => ({
        name,
        model,
        input: genmodel(`${name}.input.csv`),
        contributions: genmodel(`${name}.contribs.tsv`),
      }))
      // An offset is a leaf that depends on the row: such models do not explain themselves.
      .filter(({ name, contributions }) => existsSync(contributions) && name !== 'XGBoostWithOffset'),
  ];

  test.each(mojos)('H2O $name', ({ model: path, input, contributions }) => {
    const model = mojoAt(at(path));
    const explain = explainerOf(model.ir, 'column');
    const { header, rows: expected } = tableAt(contributions);
    const rows = records(tableAt(input)).slice(0, expected.length);
    const width = header.length - 1;
    const parts = rows.flatMap((record) => [...explain(rowOf(model, record))].slice(0, width));
    expect(parts.length).toBeGreaterThan(0);
    expect(
      distance(
        parts,
        expected.flatMap((row) => row.slice(0, width).map(Number)),
      ),
    ).toBeLessThanOrEqual(tolerance.mojo.contributions);
  });
});

/** Every model there is that has contributions, by its path. */
function everyModel(): [string, Ir][] {
  const files = readdirSync(thirdParty, { recursive: true, encoding: 'utf8' });
  const models = files.filter((path) =>
    /\.(json|ubj|model|bst|bin|txt|zip|mojo|lgbm|deprecated)$/.test(path),
  );
  return models.flatMap((path): [string, Ir][] => {
    const imported = importModel(readFileSync(at(path)));
    if ('refusal' in imported || !imported.model.contributions.available) return [];
    return [[path, imported.model]];
  });
}

/** A row of values at which the model turns, just beside them, and missing ones. */
function rowAt(ir: Ir, marks: number[][], random: (under: number) => number): Float64Array {
  return Float64Array.from(ir.features, (feature, i) => {
    if (random(6) === 0) return feature.required ? 0 : Number.NaN;
    if (feature.kind === 'category') return random((feature.levels?.length ?? 8) + 1);
    const own = marks[i] as number[];
    return Math.fround((own[random(own.length)] as number) + (random(3) - 1) / 1024);
  });
}

describe.skipIf(!haveThirdParty)('models of other projects', () => {
  if (!haveThirdParty) return;
  const models = everyModel();

  test('there are many, of all libraries', () => {
    expect(models.length).toBeGreaterThan(40);
    expect([...new Set(models.map(([, ir]) => ir.format))].sort()).toEqual(['lightgbm', 'mojo', 'xgboost']);
  });

  test.each(models)('%s: the kernel is the reference, and contributions add up', (_, ir) => {
    const explain = explainerOf(ir);
    // Rescaled contributions add up only as far as single precision goes: the sum is tested without.
    const plain: Ir = { ...ir, contributions: { available: true } };
    const explainPlain = explainerOf(plain);
    const marks = marksOf(ir);
    const random = generator(1);
    for (let i = 0; i < 5; i++) {
      const row = rowAt(ir, marks, random);
      expect(distance(explain(row), reference(ir).explain(row))).toBeLessThanOrEqual(1e-9);
      const sum = explainPlain(row).reduce((all, part) => all + part, 0);
      expect(distance([sum], reference(plain).exactMargin(row))).toBeLessThanOrEqual(tolerance.additivity);
    }
  });
});
