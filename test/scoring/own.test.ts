import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reference } from '../../scoring/evaluate/reference.ts';
import { probe, selfCheck } from '../../scoring/probe.ts';
import { distance, libraryAnswer, modelAt, own, shortfall, tolerance } from './goldens.ts';

type Golden = {
  model: string;
  library: 'xgboost' | 'lightgbm' | 'skops';
  /** Levels that were registered with the model, where its file does not hold them. */
  values?: Record<string, string[]>;
  rows: [name: string, value: number | string | null][][];
  margins: number[][];
  predictions: number[][];
  contributions: number[][] | null;
};

const names = readdirSync(own).filter((name) => name.endsWith('.golden.json'));

function rowOf(model: Reference, entries: Golden['rows'][number]): Float64Array {
  const row = model.read(Object.fromEntries(entries));
  if (Array.isArray(row)) throw new Error(JSON.stringify(row));
  return row;
}

test('there are small models of all libraries', () => {
  expect(names.length).toBeGreaterThan(20);
});

describe.each(names)('%s answers as its library does', (name) => {
  const golden: Golden = JSON.parse(readFileSync(join(own, name), 'utf8'));
  const load = () => modelAt(join(own, golden.model), { values: golden.values });
  const model = load();
  const rows = golden.rows.map((entries) => rowOf(model, entries));
  const bounds = tolerance[golden.library];

  test('the margins are the same', () => {
    const margins = rows.flatMap((row) => [...model.margin(row)]);
    expect(distance(margins, golden.margins.flat())).toBeLessThanOrEqual(bounds.margin);
  });

  test('the predictions are the same', () => {
    const answers = rows.flatMap((row) => libraryAnswer(model, row));
    expect(distance(answers, golden.predictions.flat())).toBeLessThanOrEqual(bounds.prediction);
  });

  test('the contributions are the same and add up to the margin, or are refused as the library does', () => {
    if (golden.contributions === null) {
      expect(model.contributions).toEqual({ available: false, kind: 'linear tree' });
      return;
    }
    const contributions = rows.map((row) => model.explain(row));
    const all = contributions.flatMap((part) => [...part]);
    expect(distance(all, golden.contributions.flat())).toBeLessThanOrEqual(bounds.contributions);
    for (const [i, row] of rows.entries())
      expect(shortfall(model, row, contributions[i] as Float64Array)).toBeLessThanOrEqual(
        tolerance.additivity,
      );
  });

  test('the model passes its own check and answers its probe again', () => {
    expect(selfCheck(model, model, model.contributions.available ? model.explain : null)).toBeNull();
    const { record, prediction } = probe(model.ir, model);
    const again = load();
    const row = again.read(JSON.parse(JSON.stringify(record)));
    expect(again.predict(row as Float64Array).prediction).toBe(prediction);
    expect(probe(again.ir, again)).toEqual({ record, prediction });
  });
});
