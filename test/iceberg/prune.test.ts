import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundsOfFile, boundsOfManifest } from '../../iceberg/bounds.ts';
import type { DataFile, Field, ManifestFile, PartitionSpec, PrimitiveType } from '../../iceberg/model.ts';
import { partitionTypes, summarizePartitions } from '../../iceberg/partition.ts';
import { pruningBy } from '../../iceberg/prune.ts';
import { literal } from '../../iceberg/sqlText.ts';
import { valueToBytes } from '../../iceberg/values.ts';
import {
  columns,
  day,
  fields,
  fileOf,
  fileRows,
  predicate,
  type Row,
  specs,
  table,
} from './support/pruneSamples.ts';
import { type TestEngine, testEngine } from './support/testEngine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine();
});
afterAll(() => engine.close());

/** Which files hold a row that passes. */
async function needed(files: { rows: Row[] }[], where: string): Promise<Set<number>> {
  const lines = files.flatMap(({ rows }, i) =>
    rows.map(
      (one) =>
        `(${[i, ...one.map((cell, at) => literal(columns[at]?.[0] ?? { type: 'int' }, cell))].join(', ')})`,
    ),
  );
  const names = ['i', ...fields.map(({ id }) => `c${id}`)].join(', ');
  const rows = await engine.query(
    `SELECT DISTINCT i FROM (VALUES ${lines.join(', ')}) t(${names}) WHERE ${where}`,
  );
  return new Set(rows.map(({ i }) => Number(i)));
}

const manifestOf = (file: DataFile): ManifestFile => {
  const spec = specs.find(({ id }) => id === file.specId) ?? { id: 0, fields: [] };
  return {
    path: 'm',
    length: 1,
    specId: file.specId,
    content: 'data',
    sequenceNumber: 1,
    minSequenceNumber: 1,
    addedSnapshotId: 1n,
    partitions: summarizePartitions([file], partitionTypes(spec, table.schemas)),
  };
};

test('no file and no manifest that holds a row of the filter is left out, and many others are', async () => {
  const seen = { kept: 0, needed: 0, all: 0, manifests: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fileRows, { minLength: 30, maxLength: 40 }),
      predicate,
      async (files, { rows, bounds }) => {
        const pruning = pruningBy(engine, table, fields, bounds);
        const all = files.map(({ file }) => file);
        const keep = await pruning.files(all);
        const keepManifest = await pruning.manifests(all.map(manifestOf));
        const must = await needed(files, rows);
        for (const i of must) expect([i, keep[i], keepManifest[i]]).toEqual([i, true, true]);
        seen.all += all.length;
        seen.needed += must.size;
        seen.kept += keep.filter(Boolean).length;
        seen.manifests += keepManifest.filter(Boolean).length;
      },
    ),
    { numRuns: 100 },
  );
  expect(seen.kept).toBeLessThan(seen.all * 0.85);
  expect(seen.manifests).toBeLessThan(seen.all * 0.97);
  expect(seen.needed).toBeGreaterThan(seen.all * 0.3);
}, 30_000);

const [first] = fields;
const only = (type: PrimitiveType): Field[] => (first ? [{ ...first, type }] : []);
const plain = fileOf([[null, null, null, null, null]], { id: 0, fields: [] }, false);

test('bounds that are no values of the type, and those of uuid and binary, say nothing', () => {
  const file = { ...plain, lowerBounds: new Map([[1, Buffer.alloc(16)]]) };
  for (const type of ['int', 'uuid', 'binary', 'timestamptz'] as const)
    expect(boundsOfFile(file, only({ type }), table).columns[0]?.lo).toBeUndefined();
  const text = (bytes: string) => {
    const lowerBounds = new Map([[1, Buffer.from(bytes, 'latin1')]]);
    return boundsOfFile({ ...plain, lowerBounds }, only({ type: 'string' }), table).columns[0]?.lo;
  };
  expect(text('abc')).toBe('abc');
  expect(text('ab\xc3')).toBeUndefined();
  expect(text('ab\0')).toBeUndefined();
});

test('a bound that the engine cannot hold does not fail a plan', async () => {
  const type = { type: 'date' } as const;
  const file = { ...plain, upperBounds: new Map([[1, valueToBytes(type, 2_147_483_647)]]) };
  expect(boundsOfFile(file, only(type), table).columns[0]?.hi).toBe(2_147_483_647);
  const pruning = pruningBy(engine, table, only(type), `coalesce(hi_c1 > ${literal(type, 0)}, true)`);
  expect(await pruning.files([file])).toEqual([true]);
});

test('the partitions of a manifest tell of its columns', () => {
  const [, identity, , , , perDay] = specs;
  if (!identity || !perDay) throw new Error('no specs');
  const of = (rows: Row[], spec: PartitionSpec) =>
    boundsOfManifest(manifestOf(fileOf(rows, spec, false)), fields, table);
  expect(of([[7, null, null, null, null]], identity).columns[0]).toEqual({ lo: 7, hi: 7, nulls: 0 });
  expect(of([[null, null, null, 5n * day + 1n, null]], perDay).columns[3]).toEqual({
    lo: 5n * day,
    hi: 6n * day - 1n,
    nulls: 0,
  });
  expect(boundsOfManifest(manifestOf(plain), fields, table).columns[0]).toEqual({});
});

test('no upper bound holds for numbers among which there may be NaN', () => {
  const type = { type: 'double' } as const;
  const bytes = (value: number) => new Map([[1, valueToBytes(type, value)]]);
  const of = (nanValueCounts?: Map<number, number>) =>
    boundsOfFile(
      { ...plain, lowerBounds: bytes(1), upperBounds: bytes(2), nanValueCounts },
      only(type),
      table,
    ).columns;
  expect(of(new Map([[1, 0]]))).toEqual([{ lo: 1, hi: 2, nulls: undefined }]);
  expect(of(new Map([[1, 3]]))).toEqual([{ lo: 1, hi: undefined, nulls: undefined }]);
  expect(of()).toEqual([{ lo: 1, hi: undefined, nulls: undefined }]);
});

test('a truncated partition value bounds what it was made of', () => {
  const byInt = specs[2] ?? { id: 0, fields: [] };
  const byDecimal = specs[7] ?? { id: 0, fields: [] };
  const of = (row: Row, spec: PartitionSpec) =>
    boundsOfFile(fileOf([row], spec, false), fields, table).columns;
  expect(of([-1, null, null, null, null], byInt)[0]).toEqual({ lo: -10, hi: -1, nulls: 0 });
  expect(of([null, null, null, null, 99n], byDecimal)[4]).toEqual({ lo: 0n, hi: 99n, nulls: 0 });
});
