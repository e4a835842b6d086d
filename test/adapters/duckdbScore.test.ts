import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScoreFunction } from '../../adapters/duckdb/score.ts';
import { copySql } from '../../iceberg/copySql.ts';
import { type LockedEngine, lockedEngine } from '../iceberg/support/lockedEngine.ts';

let engine: LockedEngine;
let over = false;
beforeEach(async () => {
  over = false;
  engine = await lockedEngine({ timeLeft: () => (over ? -1 : 60_000) });
});
afterEach(() => engine.end());

/** A category as its code: as many as there are categories for any other value, NULL for none. */
const code = `CASE WHEN c2 IS NOT NULL THEN coalesce(list_position(['it''s', 'b'], c2), 3) - 1 END`;

const sum: ScoreFunction = {
  inputs: 2,
  outputs: 2,
  score(columns, rows, outputs) {
    for (let i = 0; i < rows; i++) {
      const [a = 0, b = 0] = columns.map((column) => column[i]);
      for (const [k, output] of outputs.entries()) output[i] = k === 0 ? a : b;
    }
  },
};
const scored = (rows: string, where = 'true') =>
  `SELECT c1, s.o0 AS a, s.o1 AS b FROM (SELECT *, score(c1, ${code}) AS s FROM (${rows}) WHERE ${where})`;
const scan = (values: string) => `SELECT * FROM (VALUES ${values}) t(c1, c2)`;

test('NULL reaches the model as NaN, categories as codes, and every row is scored once', async () => {
  const { seen } = engine.registerScore(sum);
  const rows = await engine.query(
    `SELECT a, b FROM (${scored(
      `${scan("(1.5::DOUBLE, 'it''s'), (NULL, 'b'), ('-0.0'::DOUBLE, NULL)")}
      UNION ALL ${scan("('inf'::DOUBLE, 'other')")}`,
    )})`,
  );
  expect(rows).toEqual([
    { a: 1.5, b: 0 },
    { a: Number.NaN, b: 1 },
    { a: -0, b: Number.NaN },
    { a: Number.POSITIVE_INFINITY, b: 2 },
  ]);
  expect(seen()).toBe(4);
});

test('rows in many vectors and with constants among the arguments arrive as they are', async () => {
  const rows = 10_000;
  engine.registerScore(sum);
  const all = `SELECT CASE WHEN i % 7 = 0 THEN NULL ELSE i::DOUBLE END AS c1, 'b' AS c2 FROM range(${rows}) t(i)`;
  const select = scored(all, 'c1 % 2 = 0 OR c1 IS NULL');
  const [found] = await engine.query(
    `SELECT count(*) AS n, count(*) FILTER (WHERE b = 1) AS b,
      count(*) FILTER (WHERE (c1 IS NULL AND isnan(a)) OR c1 = a) AS same FROM (${select})`,
  );
  const expected = Array.from({ length: rows }, (_, i) => i).filter((i) => i % 7 === 0 || i % 2 === 0).length;
  expect(found).toEqual({ n: BigInt(expected), b: BigInt(expected), same: BigInt(expected) });
});

test('what a model throws ends the statement as it was thrown, leaves no file, and the engine lives on', async () => {
  const thrown = new Error('the model is broken');
  let broken = true;
  engine.registerScore({
    inputs: 1,
    outputs: 1,
    score: (_, rows, [out]) => {
      if (broken) throw thrown;
      out?.fill(1, 0, rows);
    },
  });
  const select = 'SELECT score(i) AS p FROM range(5000) t(i)';
  const copy = () =>
    engine.copy(
      copySql(select, { to: join(engine.work, 'out', 'p.parquet'), fieldIds: new Map([['p', 3]]) }),
    );
  await expect(copy()).rejects.toBe(thrown);
  expect(await readdir(join(engine.work, 'out'))).toEqual([]);
  broken = false;
  const [written] = await copy();
  expect(written?.rows).toBe(5000);
  expect(await readdir(join(engine.work, 'out'))).toEqual(['p.parquet']);
});

test('the deadline ends a statement from within, after the vector at hand', async () => {
  let vectors = 0;
  engine.registerScore({
    inputs: 1,
    outputs: 1,
    score: () => {
      vectors++;
      over = true;
    },
  });
  const sql = 'SELECT sum(score(i)) AS n FROM range(1000000) t(i)';
  await expect(engine.query(sql)).rejects.toMatchObject({ code: 'deadline' });
  expect(vectors).toBe(1);
});

test('an engine has one model', () => {
  engine.registerScore(sum);
  expect(() => engine.registerScore(sum)).toThrow('a model already');
});

test('no rows, no file', async () => {
  engine.registerScore(sum);
  const select = scored(scan("(1.5::DOUBLE, 'b')"), 'c1 > 5');
  const to = join(engine.work, 'out', 'none.parquet');
  expect(await engine.copy(copySql(select, { to, fieldIds: new Map() }))).toEqual([]);
  expect(await readdir(join(engine.work, 'out'))).toEqual([]);
});
