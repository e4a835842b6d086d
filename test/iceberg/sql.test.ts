import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScanFile } from '../../iceberg/deletes.ts';
import type { DataFile, Field, PartitionSpec, PrimitiveType } from '../../iceberg/model.ts';
import { fileScan } from '../../iceberg/read.ts';
import { fileScanSql } from '../../iceberg/sql.ts';
import { identifier, quoted } from '../../iceberg/sqlText.ts';
import { type TestEngine, testEngine } from './support/testEngine.ts';

let engine: TestEngine;
const folder = mkdtempSync(join(tmpdir(), "day=1 it's-"));
beforeAll(async () => {
  engine = await testEngine();
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

const local = (path: string) => join(folder, path);
const write = (name: string, select: string, options = '') =>
  engine.query(`COPY (${select}) TO ${quoted(local(name))} (FORMAT parquet${options})`);

const field = (
  id: number,
  name: string,
  type: PrimitiveType['type'] = 'long',
  changes: Partial<Field> = {},
): Field => ({
  id,
  name,
  required: false,
  type: { type } as PrimitiveType,
  ...changes,
});
const specs: PartitionSpec[] = [
  { id: 0, fields: [{ id: 1000, sourceId: 5, name: 'p', transform: 'identity' }] },
];
const file = (path: string, changes: Partial<DataFile> = {}): DataFile => ({
  content: 'data',
  path,
  format: 'parquet',
  specId: 0,
  partition: ["it's"],
  recordCount: 0,
  sizeBytes: 0,
  ...changes,
});
const scan = (path: string, changes: Partial<ScanFile> = {}): ScanFile => ({
  file: file(path),
  sequenceNumber: 1,
  positionDeletes: [],
  equalityDeletes: [],
  ...changes,
});

async function read(
  one: ScanFile,
  fields: Field[],
  options: { all?: Field[]; rows?: { from: number; to: number } } = {},
) {
  const table = { schemas: [{ id: 0, fields: options.all ?? fields, identifierFieldIds: [] }], specs };
  const text = fileScanSql(await fileScan({ engine, local }, table, one, fields, options.rows));
  const rows = await engine.query(`SELECT * FROM (${text}) ORDER BY rn`);
  return rows.map((row) => [...fields.map(({ id }) => row[`c${id}`]), Number(row.rn)]);
}

test('columns are found by id whatever they are called, widened, and filled where the file lacks them', async () => {
  const odd = ['rn', 'k1', 'a"b', 'SELECT'].map(identifier);
  await write(
    'odd.parquet',
    `SELECT 1::INTEGER AS ${odd[0]}, 'x' AS ${odd[1]}, {'id': 7} AS ${odd[2]}, 1.5::FLOAT AS ${odd[3]}`,
    `, FIELD_IDS {${odd[0]}: 1, ${odd[1]}: 2, ${odd[2]}: 3, ${odd[3]}: 4}`,
  );
  const fields = [
    field(4, 'd', 'double'),
    field(1, 'n'),
    field(5, 'p', 'string'),
    field(6, 'new', 'int', { initialDefault: 9 }),
    field(7, 'none', 'timestamptz'),
    field(2, 't', 'string'),
  ];
  expect(await read(scan('odd.parquet'), fields)).toEqual([[1.5, 1n, "it's", 9, null, 'x', 0]]);
});

test('a column of a nested type is refused where it is asked for', async () => {
  const nested = { ...field(3, 's'), type: { type: 'other', name: 'struct' } as const };
  await expect(read(scan('odd.parquet'), [nested])).rejects.toThrow(/struct|nested/);
});

const values = Array.from({ length: 6000 }, (_, i) => i);
test('a range of rows, position deletes and equality deletes leave exactly the others', async () => {
  const rows = `SELECT range AS id, CASE WHEN range % 7 = 0 THEN NULL ELSE range % 10 END AS k, 'v' || range AS v FROM range(6000)`;
  await write('data.parquet', rows, ', ROW_GROUP_SIZE 2048, FIELD_IDS {id: 1, k: 2, v: 3}');
  const paths = `SELECT 's3://b/data.parquet' AS file_path, range * 3 AS pos FROM range(1000)`;
  await write('p1.parquet', `${paths} UNION ALL SELECT 's3://b/other.parquet', range FROM range(6000)`);
  await write('p2.parquet', `SELECT 's3://b/data.parquet' AS file_path, 5999::BIGINT AS pos, 'x' AS "row"`);
  await write('e1.parquet', 'SELECT 4::INTEGER AS renamed, 1 AS other', ', FIELD_IDS {renamed: 2, other: 9}');
  await write('e2.parquet', 'SELECT 0 AS other, NULL::BIGINT AS k', ', FIELD_IDS {other: 9, k: 2}');
  await write('e3.parquet', `SELECT 1::BIGINT AS k, 'v11' AS v`, ', FIELD_IDS {k: 2, v: 3}');
  const one: ScanFile = {
    ...scan('data.parquet'),
    file: file('s3://b/data.parquet'),
    positionDeletes: [file('p2.parquet'), file('p1.parquet')],
    equalityDeletes: [
      file('e1.parquet', { equalityIds: [2] }),
      file('e2.parquet', { equalityIds: [2] }),
      file('e3.parquet', { equalityIds: [2, 3] }),
    ],
  };
  const key = (i: number) => (i % 7 === 0 ? null : i % 10);
  const gone = (i: number) =>
    (i < 3000 && i % 3 === 0) || i === 5999 || key(i) === 4 || key(i) === null || i === 11;
  const all = [field(1, 'id'), field(2, 'k'), field(3, 'v', 'string')];
  const there = (path: string) => local(path.replace('s3://b/', ''));
  const table = { schemas: [{ id: 0, fields: all, identifierFieldIds: [] }], specs };
  const ask = async (rows?: { from: number; to: number }) => {
    const text = fileScanSql(await fileScan({ engine, local: there }, table, one, all.slice(0, 1), rows));
    return (await engine.query(`SELECT c1 FROM (${text}) ORDER BY rn`)).map(({ c1 }) => Number(c1));
  };
  expect(await ask()).toEqual(values.filter((i) => !gone(i)));
  expect(await ask({ from: 2048, to: 4096 })).toEqual(values.slice(2048, 4096).filter((i) => !gone(i)));
});

test('a file without field ids is read by names, not as NULL', async () => {
  await write('bare.parquet', `SELECT 'x' AS t, 5 AS n`);
  expect(await read(scan('bare.parquet'), [field(1, 'n'), field(2, 't', 'string')])).toEqual([[5n, 'x', 0]]);
});

test('equality deletes about a column that was dropped, and a file of them that lacks its column', async () => {
  await write(
    'dropped.parquet',
    `SELECT range AS id, range AS old FROM range(3)`,
    ', FIELD_IDS {id: 1, old: 8}',
  );
  await write('e4.parquet', `SELECT 1::BIGINT AS old`, ', FIELD_IDS {old: 8}');
  const about = (ids: number[]) =>
    scan('dropped.parquet', { equalityDeletes: [file('e4.parquet', { equalityIds: ids })] });
  const all = [field(1, 'id'), field(8, 'old')];
  expect(await read(about([8]), all.slice(0, 1), { all })).toEqual([
    [0n, 0],
    [2n, 2],
  ]);
  await expect(read(about([1]), all.slice(0, 1), { all })).rejects.toThrow(/lacks a column/);
  await expect(read(about([77]), all.slice(0, 1), { all })).rejects.toThrow(/never had/);
  await expect(read(about([]), all.slice(0, 1), { all })).rejects.toThrow(/names no column/);
});
