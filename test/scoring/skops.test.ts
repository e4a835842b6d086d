import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reference } from '../../scoring/evaluate/reference.ts';
import { selfCheck } from '../../scoring/probe.ts';
import { distance, modelAt, own, shortfall, tolerance } from './goldens.ts';

const folder = join(own, 'skops');

type Golden = {
  model: string;
  versions: Record<string, string>;
  rows: [name: string, value: number | string | null][][];
  classes?: string[];
  labels?: string[];
  probabilities?: number[][];
  margins?: number[][];
  predictions?: number[][];
  contributions?: number[][];
};

const names = readdirSync(folder).filter((name) => name.endsWith('.golden.json'));

function rowOf(model: Reference, entries: Golden['rows'][number]): Float64Array {
  const row = model.read(Object.fromEntries(entries));
  if (Array.isArray(row)) throw new Error(JSON.stringify(row));
  return row;
}

test('there are models of two versions of scikit-learn', () => {
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => name.startsWith('old-')).length).toBeGreaterThan(5);
});

describe.each(names)('%s answers as scikit-learn does', (name) => {
  const golden: Golden = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const model = modelAt(join(folder, golden.model));
  const rows = golden.rows.map((entries) => rowOf(model, entries));
  // A booster of XGBoost inside answers in single precision.
  const bounds = model.algo.startsWith('XGB') ? tolerance.xgboost : tolerance.skops;

  test('predictions, labels and probabilities are the same', () => {
    expect(rows.length).toBeGreaterThan(5);
    const answers = rows.map((row) => model.predict(row));
    if (golden.predictions) {
      const values = answers.flatMap(({ prediction, outputs }) => outputs ?? [prediction]).map(Number);
      expect(distance(values, golden.predictions.flat())).toBeLessThanOrEqual(bounds.prediction);
      return;
    }
    const { classes = [], labels, probabilities = [] } = golden;
    expect(model.output.classes).toEqual(classes);
    expect(answers.map(({ prediction }) => prediction)).toEqual(labels);
    const shares = answers.flatMap((answer) => classes.map((c) => answer.probabilities?.[c] ?? Number.NaN));
    expect(distance(shares, probabilities.flat())).toBeLessThanOrEqual(bounds.prediction);
  });

  test('margins are the values of its decision function, where it has one', () => {
    if (!golden.margins) return;
    const margins = rows.flatMap((row) => [...model.margin(row)]);
    expect(distance(margins, golden.margins.flat())).toBeLessThanOrEqual(bounds.margin);
  });

  test('contributions add up to the margin, and are those of shap', () => {
    if (!model.contributions.available) {
      expect(model.contributions.kind).toMatch(/^multi(class|-output)$/);
      return;
    }
    const contributions = rows.map((row) => model.explain(row));
    for (const [i, row] of rows.entries())
      expect(shortfall(model, row, contributions[i] as Float64Array)).toBeLessThanOrEqual(
        tolerance.additivity,
      );
    if (!golden.contributions) return;
    const all = contributions.flatMap((part) => [...part]);
    expect(distance(all, golden.contributions.flat())).toBeLessThanOrEqual(bounds.contributions);
  });

  test('the model passes its own check', () => {
    expect(selfCheck(model, model, model.contributions.available ? model.explain : null)).toBeNull();
  });
});
