import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { literal, quoted } from '../../iceberg/sqlText.ts';
import { compile } from '../../scoring/compile.ts';
import { importModel } from '../../scoring/import.ts';
import { load } from '../../scoring/load.ts';
import type { Model } from '../../scoring/model.ts';
import type { Column } from '../../scoring/rows/columns.ts';
import { type LockedEngine, lockedEngine } from '../iceberg/support/lockedEngine.ts';
import { distance, own } from '../scoring/goldens.ts';

interface Golden {
  rows: [string, number | string | null][][];
  margins: number[][];
}

let engine: LockedEngine;
beforeAll(async () => {
  engine = await lockedEngine();
});
afterAll(() => engine.end());

function modelOf(name: string): Model {
  const read = importModel(readFileSync(join(own, name)), { trees: 'all' });
  const model = 'model' in read ? load(compile(read.model).predict) : undefined;
  if (!model || 'recompile' in model) throw new Error('the model cannot be loaded');
  return model;
}

/** What is no code of a level is one of a word that no model has; NaN is missing. */
const unknown = '\u0000';
function coded(column: Float64Array, levels: readonly string[]): Column {
  const codes = Int32Array.from(column, (code) => (Number.isNaN(code) ? -1 : code));
  return { codes, dictionary: [...levels, unknown] };
}

const codeSql = (name: string, levels: readonly string[]) =>
  `CASE WHEN ${name} IS NOT NULL
    THEN coalesce(list_position([${levels.map(quoted).join(', ')}], ${name}), ${levels.length + 1}) - 1 END`;

test('rows that come through the engine are scored as the library scores them, categories too', async () => {
  const model = modelOf('xgboost-categorical.json');
  const golden: Golden = JSON.parse(readFileSync(join(own, 'xgboost-categorical.golden.json'), 'utf8'));
  engine.registerScore({
    inputs: model.features.length,
    outputs: 1,
    score(columns, rows, [out]) {
      const named = model.features.map(({ name, levels }, i): [string, Column] => {
        const column = columns[i] ?? new Float64Array(rows);
        return [name, levels ? coded(column, levels) : column];
      });
      if (out) model.score(new Map(named), rows, out);
    },
  });
  const lines = golden.rows.map((record) => {
    const given = new Map(record);
    const cells = model.features.map(({ name, levels }) =>
      literal({ type: levels ? 'string' : 'double' }, given.get(name) ?? null),
    );
    return `(${cells.join(', ')})`;
  });
  const names = model.features.map((_, i) => `c${i}`);
  const inputs = model.features.map(({ levels }, i) => (levels ? codeSql(`c${i}`, levels) : `c${i}`));
  const rows = await engine.query(
    `SELECT score(${inputs.join(', ')}) AS margin FROM (VALUES ${lines.join(', ')}) t(${names.join(', ')})`,
  );
  const margins = rows.map(({ margin }) => Number(margin));
  expect(golden.rows.length).toBe(40);
  expect(distance(margins, golden.margins.flat())).toBe(0);
});
