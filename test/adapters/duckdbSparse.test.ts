import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { joined } from '../../adapters/duckdb/ranges.ts';
import { fetchParquet, type Wanted } from '../../adapters/duckdb/sparse.ts';
import { isFault } from '../../iceberg/fault.ts';
import type { ByteRange, Storage } from '../../iceberg/ports.ts';
import { type LockedEngine, lockedEngine } from '../iceberg/support/lockedEngine.ts';

const rows = 300_000;
const groupRows = 32_768;
let engine: LockedEngine;
let bytes: Buffer;
/** The note makes the footer longer than the first guess, so that nothing before it comes along by chance. */
beforeAll(async () => {
  engine = await lockedEngine();
  const to = join(engine.work, 'out', 'big.parquet');
  await engine.copy(
    `COPY (SELECT i AS id, hash(i)::VARCHAR AS wide, {'x': i, 'y': [i]} AS nested, i * 0.5 AS half,
      'v' || i % 50 AS word FROM range(${rows}) t(i)) TO '${to}' (FORMAT parquet, ROW_GROUP_SIZE ${groupRows}, KV_METADATA {note: '${'x'.repeat(100_000)}'}, RETURN_STATS)`,
  );
  bytes = await readFile(to);
});
afterAll(() => engine.end());

/** Storage of one file that remembers what was asked of it. */
function storageOf(content: Buffer) {
  const asked: ByteRange[] = [];
  const storage: Pick<Storage, 'get'> = {
    get: async (_, range = { start: 0, end: content.length }) => {
      asked.push(range);
      return content.subarray(range.start, range.end);
    },
  };
  return { storage: storage as Storage, asked };
}

let files = 0;
async function fetched(wanted: Partial<Wanted>, content = bytes) {
  const to = join(engine.work, 'in', `${files++}.parquet`);
  const { storage, asked } = storageOf(content);
  const result = await fetchParquet(storage, engine, { path: 'x', sizeBytes: content.length, to, ...wanted });
  return { to, asked, ...result };
}
const places = (...names: string[]): Pick<Wanted, 'columns'> => ({
  columns: (columns) => names.map((name) => columns.findIndex((one) => one.name === name)),
});
const sums = async (path: string, columns: string, where = 'true') =>
  (
    await engine.query(`SELECT ${columns} FROM read_parquet('${path}', file_row_number=true) WHERE ${where}`)
  )[0];

test('only the needed columns are transferred, and they read as in the whole file', async () => {
  const whole = join(engine.work, 'out', 'big.parquet');
  const { to, bytes: transferred, asked } = await fetched(places('half', 'word'));
  expect(transferred).toBeLessThan(bytes.length / 3);
  expect(transferred).toBe(asked.reduce((sum, { start, end }) => sum + end - start, 0));
  const query = 'sum(half) AS a, count(DISTINCT word) AS b, sum(file_row_number)::BIGINT AS c';
  expect(await sums(to, query)).toEqual(await sums(whole, query));
  expect((await stat(to)).size).toBe(bytes.length);
  expect((await stat(to)).blocks * 512).toBeLessThan(bytes.length / 2);
});

test('a text is found by equality too, for which the engine asks the Bloom filter', async () => {
  const { to } = await fetched(places('word'));
  expect(await sums(to, 'count(*) AS n', "word = 'v7'")).toEqual({ n: BigInt(rows / 50) });
});

test('the columns after a nested one are those that were asked for, and a nested one comes whole', async () => {
  const { to } = await fetched(places('nested'));
  expect(await sums(to, 'sum(nested.x + nested.y[1])::BIGINT AS n')).toEqual({
    n: BigInt(rows) * BigInt(rows - 1),
  });
});

test('a column that was not fetched fails when it is read', async () => {
  const { to } = await fetched(places('half'));
  await expect(sums(to, 'count(DISTINCT wide) AS n')).rejects.toMatchObject({ code: 'engine' });
});

test('of a part of the rows only the row groups that begin within are transferred', async () => {
  const range = { from: 50_000, to: 120_000 };
  const { to, rows: got, bytes: transferred } = await fetched({ ...places('id', 'half'), rows: range });
  expect(got).toEqual({ from: 2 * groupRows, to: 4 * groupRows });
  const where = `file_row_number >= ${got?.from} AND file_row_number < ${got?.to}`;
  expect(await sums(to, 'count(*) AS n, min(id) AS a, max(id) AS b', where)).toEqual({
    n: BigInt(2 * groupRows),
    a: BigInt(2 * groupRows),
    b: BigInt(4 * groupRows - 1),
  });
  expect(transferred).toBeLessThan((await fetched(places('id', 'half'))).bytes);
});

test('every row is in exactly one part', async () => {
  const cuts = [0, 10, 40_000, 40_001, 200_000, rows];
  const parts = [];
  for (const [i, to] of cuts.slice(1).entries())
    parts.push((await fetched({ ...places('id'), rows: { from: cuts[i] ?? 0, to } })).rows);
  const held = parts.filter((part) => part && part.to > part.from);
  expect(held.map((part) => part?.from)).toEqual([0, ...held.slice(0, -1).map((part) => part?.to)]);
  expect(held.at(-1)?.to).toBe(rows);
});

test('a small file comes in one request', async () => {
  const small = join(engine.work, 'out', 'small.parquet');
  await engine.copy(`COPY (SELECT 1 AS a) TO '${small}' (FORMAT parquet, RETURN_STATS)`);
  const { to, asked } = await fetched(places('a'), await readFile(small));
  expect(asked.length).toBe(1);
  expect(await sums(to, 'a')).toEqual({ a: 1 });
});

const damaged: [string, (content: Buffer) => Buffer, string][] = [
  ['that is no Parquet', () => Buffer.alloc(3_000_000), 'malformed'],
  ['that is empty', () => Buffer.alloc(0), 'malformed'],
  [
    'that is encrypted',
    (content) => Buffer.concat([content.subarray(0, -4), Buffer.from('PARE')]),
    'unsupported',
  ],
  [
    'whose footer is longer than it',
    (content) =>
      Buffer.concat([content.subarray(0, -8), Buffer.from([255, 255, 255, 127]), Buffer.from('PAR1')]),
    'malformed',
  ],
  [
    'whose footer is noise',
    (content) => Buffer.concat([content.subarray(0, -2000), Buffer.alloc(1992, 7), content.subarray(-8)]),
    'engine',
  ],
];
test.each(damaged)('a file %s is refused', async (_, damage, code) => {
  const error = await fetched(places('id'), damage(bytes)).catch((thrown: unknown) => thrown);
  expect(isFault(error) && error.code).toBe(code);
});

test('a file that is shorter than its manifest says is refused', async () => {
  const error = await fetched({ sizeBytes: bytes.length + 100 }).catch((thrown: unknown) => thrown);
  expect(isFault(error) && error.code).toBe('malformed');
});

test('requests hold every byte that is needed, are not too long and not too many', () => {
  const size = 64 * 1024 * 1024;
  const range = fc
    .tuple(fc.nat(size), fc.nat(12 * 1024 * 1024))
    .map(([start, length]) => ({ start, end: Math.min(start + length, size) }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
      const parts = joined(ranges, size);
      for (const { start, end } of ranges) {
        const held = parts.filter((part) => part.start < end && part.end > start);
        const covered = held.reduce(
          (sum, part) => sum + Math.min(part.end, end) - Math.max(part.start, start),
          0,
        );
        expect(covered).toBe(end - start);
      }
      for (const [i, part] of parts.entries()) {
        expect(part.end - part.start).toBeLessThanOrEqual(8 * 1024 * 1024);
        expect(part.start).toBeGreaterThanOrEqual(parts[i - 1]?.end ?? 0);
      }
    }),
  );
});

test('a file of the work folder may be written over', async () => {
  const to = join(engine.work, 'in', 'again.parquet');
  await writeFile(to, Buffer.alloc(100_000_000));
  const { storage } = storageOf(bytes);
  await fetchParquet(storage, engine, { path: 'x', sizeBytes: bytes.length, to });
  expect((await stat(to)).size).toBe(bytes.length);
  expect(await sums(to, 'count(DISTINCT wide) AS n, sum(half) AS h')).toEqual(
    await sums(join(engine.work, 'out', 'big.parquet'), 'count(DISTINCT wide) AS n, sum(half) AS h'),
  );
});
