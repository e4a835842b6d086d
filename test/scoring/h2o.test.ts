import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { distance, own, tolerance } from './goldens.ts';
import { answersOf, mojoAt, rowOf } from './h2oModels.ts';

type Golden = {
  model: string;
  rows: [name: string, value: number | string | null][][];
  labels?: string[];
  predictions: number[][];
  calibrated?: number[][];
  contributionNames?: string[];
  contributions?: number[][];
};

const folder = join(own, 'h2o');
const goldens: Golden[] = readdirSync(folder)
  .filter((file) => file.endsWith('.golden.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));

const shapeOf = ({ model: file, rows }: Golden) => {
  const model = mojoAt(join(folder, file));
  return { model, rows: rows.map((row) => rowOf(model, Object.fromEntries(row))) };
};

describe('models of H2O answer as H2O does', () => {
  test('there are some of every algorithm', () => {
    const algorithms = new Set(goldens.map(({ model }) => mojoAt(join(folder, model)).algo));
    expect([...algorithms].sort()).toEqual([
      'DRF',
      'DeepLearning',
      'ExtendedIsolationForest',
      'GBM',
      'GLM',
      'IsolationForest',
      'StackedEnsemble',
      'XGBoost',
    ]);
  });

  test.each(goldens)('$model', (golden) => {
    const { model, rows } = shapeOf(golden);
    const answers = rows.map((row) => answersOf(model, row));
    const bound = model.algo === 'XGBoost' ? 0 : tolerance.mojo.prediction;
    expect(golden.predictions.length).toBe(rows.length);
    expect(distance(answers.flat(), golden.predictions.flat())).toBeLessThanOrEqual(bound);
    if (golden.labels)
      expect(rows.map((row) => String(model.predict(row).prediction))).toEqual(golden.labels);
  });

  test.each(goldens.filter(({ calibrated }) => calibrated))('$model, calibrated', (golden) => {
    const { model, rows } = shapeOf(golden);
    const answers = rows.flatMap((row) => Object.values(model.predict(row).calibrated ?? {}));
    expect(distance(answers, golden.calibrated?.flat() ?? [])).toBeLessThanOrEqual(tolerance.mojo.prediction);
  });

  test.each(goldens.filter(({ contributions }) => contributions))('$model, explained', (golden) => {
    const { model, rows } = shapeOf(golden);
    const names = golden.contributionNames ?? [];
    const compact = [...model.features.map(({ name }) => name), 'BiasTerm'];
    expect(names.at(-1)).toBe('BiasTerm');
    const isCompact = names.length === compact.length;
    // H2O sorts what it compacts as the model's columns are.
    if (isCompact) expect(names).toEqual(compact);
    const explain = isCompact ? model.explain : model.explainSlots;
    const parts = rows.flatMap((row) => [...explain(row)]);
    expect(distance(parts, golden.contributions?.flat() ?? [])).toBeLessThanOrEqual(
      tolerance.mojo.contributions,
    );
    for (const row of rows) expect(model.unexplained(row)).toBeLessThanOrEqual(tolerance.additivity);
  });
});
