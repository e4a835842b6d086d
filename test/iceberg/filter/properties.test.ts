import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFilter } from '../../../iceberg/filter/compile.ts';
import type { Field } from '../../../iceberg/model.ts';
import { pruningBy } from '../../../iceberg/prune.ts';
import { literal } from '../../../iceberg/sqlText.ts';
import { type LockedEngine, lockedEngine } from '../support/lockedEngine.ts';
import { columns, fields, fileRows, type Row, table } from '../support/pruneSamples.ts';
import { sample } from './samples.ts';
import { scope, slot } from './support.ts';

let engine: LockedEngine;
beforeAll(async () => {
  engine = await lockedEngine();
});
afterAll(() => engine.end());

/** Which of the rows the compiled text lets through, by their place. */
async function passing(rows: readonly Row[], where: string): Promise<number[]> {
  const lines = rows.map(
    (row, i) =>
      `(${[i, ...row.map((cell, at) => literal(columns[at]?.[0] ?? { type: 'int' }, cell))].join(', ')})`,
  );
  const names = ['i', ...fields.map(({ id }) => `c${id}`)].join(', ');
  const found = await engine.query(
    `SELECT i FROM (VALUES ${lines.join(', ')}) t(${names}) WHERE ${where} ORDER BY i`,
  );
  return found.map(({ i }) => Number(i));
}

/** `FILTERS` asks for more of them than the usual few. */
const numRuns = Number(process.env.FILTERS ?? 250);

test('a filter lets through the rows that its words say, and no file that holds one is left out', async () => {
  const seen = { all: 0, needed: 0, kept: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(fileRows, { minLength: 10, maxLength: 15 }), sample, async (files, filter) => {
      const { sql, fieldIds, pruning } = await compileFilter(engine, filter.text, { fields, slot });
      const rows = files.flatMap((file, i) => file.rows.map((row) => ({ row, i })));
      const expected = rows.flatMap(({ row }, at) => (filter.of(row) === true ? [at] : []));
      const context = rows.map(({ row }) => row);
      expect(await passing(context, sql)).toEqual(expected);

      const used = fields.filter(({ id }) => fieldIds.includes(id));
      const keep = await pruningBy(engine, table, used, pruning).files(files.map(({ file }) => file));
      const needed = new Set(expected.map((at) => rows[at]?.i ?? -1));
      for (const i of needed) expect([i, keep[i]]).toEqual([i, true]);
      seen.all += files.length;
      seen.needed += needed.size;
      seen.kept += keep.filter(Boolean).length;
    }),
    { numRuns },
  );
  console.error(`of ${seen.all} files ${seen.kept} were kept, ${seen.needed} were needed`);
  expect(seen.kept).toBeLessThan(seen.all * 0.93);
  expect(seen.needed).toBeGreaterThan(seen.all * 0.2);
});

/** Written by Arrow: [1, NaN, 2] as double `d` and float `f`; its bounds say 1 to 2. */
const arrowFile =
  'UEFSMRUAFTwVPCwVBhUAFQYVBhwYCAAAAAAAAABAGAgAAAAAAADwPxYAKAgAAAAAAAAAQBgIAAAAAAAA8D8REQAAAAIAAAAGAQAAAAAAAPA/AAAAAAAA+H8AAAAA' +
  'AAAAQBUAFSQVJCwVBhUAFQYVBhwYBAAAAEAYBAAAgD8WACgEAAAAQBgEAACAPxERAAAAAgAAAAYBAACAPwAAwH8AAABAFQQZPDUAGAZzY2hlbWEVBAAVCiUCGAFk' +
  'ABUIJQIYAWYAFgYZHBksJgAcFQoZJQYAGRgBZBUAFgYWugEWugEmCDwYCAAAAAAAAABAGAgAAAAAAADwPxYAKAgAAAAAAAAAQBgIAAAAAAAA8D8REQAZHBUAFQAV' +
  'AgA8KQYZJgAGAAAAJgAcFQgZJQYAGRgBZhUAFgYWggEWggEmwgE8GAQAAABAGAQAAIA/FgAoBAAAAEAYBAAAgD8REQAZHBUAFQAVAgA8KQYZJgAGAAAAFrwCFgYm' +
  'CBa8AgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGSwcAAAcAAAAAgEAAFBBUjE=';

test('NaN is found in files whose bounds know nothing of it', async () => {
  const path = join(engine.work, 'in', 'nan.parquet');
  await writeFile(path, Buffer.from(arrowFile, 'base64'));
  const floats: Field[] = [
    { id: 1, name: 'd', required: false, type: { type: 'double' } },
    { id: 2, name: 'f', required: false, type: { type: 'float' } },
  ];
  const count = async (where: string) => {
    const [row] = await engine.query(
      `SELECT count(*) AS n FROM read_parquet('${path}') t(c1, c2) WHERE ${where}`,
    );
    return Number(row?.n);
  };
  for (const text of ['d > 5', 'f > 5', "d = 'nan'", 'd > 1e300 and f > 3']) {
    const { sql } = await compileFilter(engine, text, { fields: floats, slot });
    expect([text, await count(sql)]).toEqual([text, 1]);
  }
  // What the engine makes of the column itself: once this fails, the floats need not be hidden any more.
  expect(await count('c1 > 5')).toBe(0);
});

test('hiding a float changes no value of it, -0 neither', async () => {
  const { sql } = await compileFilter(engine, "cast(f2 as varchar) = '-0.0'", scope);
  const [row] = await engine.query(
    `SELECT count(*) AS n FROM (VALUES (CAST('-0.0' AS DOUBLE)), (CAST('0.0' AS DOUBLE)), (NULL)) t(c4) WHERE ${sql}`,
  );
  expect(Number(row?.n)).toBe(1);
});
