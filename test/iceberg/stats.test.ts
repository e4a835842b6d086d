import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copySql } from '../../iceberg/copySql.ts';
import type { DataFile, Field, PrimitiveType, Value } from '../../iceberg/model.ts';
import { compareValues } from '../../iceberg/order.ts';
import { literal } from '../../iceberg/sqlText.ts';
import { lowerBound, upperBound } from '../../iceberg/statBounds.ts';
import { dataFileOfStats } from '../../iceberg/stats.ts';
import { valueFromBytes } from '../../iceberg/values.ts';
import { type LockedEngine, lockedEngine } from './support/lockedEngine.ts';

let engine: LockedEngine;
beforeAll(async () => {
  engine = await lockedEngine();
});
afterAll(() => engine.end());

const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });
const letter = fc.constantFrom(
  'a',
  'z',
  'é',
  '\u{1f600}',
  '\uffff',
  '\ud7ff',
  '\u{10ffff}',
  "'",
  '"',
  ' ',
  '\u0001',
);
const text = fc.oneof(
  fc.string({ unit: letter, maxLength: 30 }),
  fc.string({ unit: letter, minLength: 100, maxLength: 300 }),
);
const columns: [string, PrimitiveType, fc.Arbitrary<Value>][] = [
  ['flag', { type: 'boolean' }, fc.boolean()],
  ['n', { type: 'int' }, fc.integer()],
  ['id', { type: 'long' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['f1', { type: 'float' }, fc.float()],
  ['f2', { type: 'double' }, fc.double()],
  ['zero', { type: 'double' }, fc.constantFrom(-0, 0)],
  ['day', { type: 'date' }, fc.integer({ min: -719_162, max: 2_932_896 })],
  ['time', { type: 'time' }, fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  ['ts', { type: 'timestamp' }, micros],
  ['a "quoted". name', { type: 'timestamptz' }, micros],
  ['ns', { type: 'timestamp_ns' }, fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })],
  ['small', { type: 'decimal', precision: 4, scale: 2 }, fc.bigInt({ min: -9999n, max: 9999n })],
  [
    'large',
    { type: 'decimal', precision: 38, scale: 5 },
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
  ],
  ['text', { type: 'string' }, text],
  ['key', { type: 'uuid' }, fc.uuid()],
  ['bytes', { type: 'binary' }, fc.uint8Array({ maxLength: 8 })],
];
const fields = columns.map(([name, type], i): Field & { type: PrimitiveType } => ({
  id: i + 1,
  name,
  required: false,
  type,
}));

type Row = (Value | null)[];
async function written(rows: readonly Row[]): Promise<DataFile> {
  const lines = rows.map(
    (row) => `(${row.map((cell, at) => literal(columns[at]?.[1] ?? { type: 'int' }, cell)).join(', ')})`,
  );
  const names = fields.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(', ');
  const select = `SELECT * FROM (VALUES ${lines.join(', ')}) t(${names})`;
  const to = join(engine.work, 'out', 'stats.parquet');
  const fieldIds = new Map(fields.map(({ id, name }) => [name, id]));
  const [file] = await engine.copy(copySql(select, { to, fieldIds }));
  if (!file) throw new Error('no file was written');
  return dataFileOfStats(file, { path: 's3://b/x.parquet', specId: 0, partition: [], columns: fields });
}

const isNan = (cell: Value | null) => typeof cell === 'number' && Number.isNaN(cell);

function expectTrue(file: DataFile, { id, type }: (typeof fields)[number], cells: Row): void {
  const values = cells.filter((one): one is Value => one !== null && !isNan(one)).sort(compareValues);
  expect(file.valueCounts?.get(id)).toBe(cells.length);
  expect(file.nullValueCounts?.get(id)).toBe(cells.filter((one) => one === null).length);
  if (file.nanValueCounts?.has(id)) expect(cells.some(isNan)).toBe(false);
  const [least, greatest] = [values[0], values.at(-1)];
  const [low, high] = [file.lowerBounds?.get(id), file.upperBounds?.get(id)];
  if (least === undefined || greatest === undefined) return;
  if (low) expect(compareValues(valueFromBytes(type, low), least)).toBeLessThanOrEqual(0);
  if (high) expect(compareValues(greatest, valueFromBytes(type, high))).toBeLessThanOrEqual(0);
  const known = [type.type, low !== undefined, high !== undefined];
  if (!['string', 'binary'].includes(type.type)) expect(known).toEqual([type.type, true, true]);
}

test('counts are exact, and every value is within its bounds', async () => {
  const row = fc.tuple(...columns.map(([, , values]) => fc.option(values, { freq: 5 })));
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      const file = await written(rows);
      expect(file.recordCount).toBe(rows.length);
      for (const [at, field] of fields.entries())
        expectTrue(
          file,
          field,
          rows.map((one) => one[at] ?? null),
        );
    }),
    { numRuns: 60 },
  );
});

test('a column of numbers has a NaN count of zero, and one with NaN has none', async () => {
  const of = async (value: number) => {
    const id = fields.find(({ name }) => name === 'f2')?.id ?? 0;
    const file = await written([
      columns.map(([name]) => (name === 'f2' ? value : null)),
      columns.map(() => null),
    ]);
    return file.nanValueCounts?.get(id);
  };
  expect([await of(1), await of(Number.NaN)]).toEqual([0, undefined]);
});

const string: PrimitiveType = { type: 'string' };
const shown = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
test.each([
  ['short', 'short', 'short'],
  ['0123456789abcdef', '0123456789abcdef', '0123456789abcdef'],
  ['0123456789abcdefg', '0123456789abcdef', '0123456789abcdeg'],
  [`0123456789abcde\u{10ffff}x`, `0123456789abcde\u{10ffff}`, '0123456789abcdf'],
  [`0123456789abcde\ud7ffx`, `0123456789abcde\ud7ff`, '0123456789abcde\ue000'],
  ['\u{10ffff}'.repeat(17), '\u{10ffff}'.repeat(16), undefined],
])('the text %s is bounded by %s and %s', (value, low, high) => {
  expect([shown(lowerBound(string, value)), shown(upperBound(string, value))]).toEqual([low, high]);
});

test.each<[PrimitiveType, string]>([
  [{ type: 'date' }, 'infinity'],
  [{ type: 'date' }, '0044-03-15 (BC)'],
  [{ type: 'timestamp' }, '-infinity'],
  [{ type: 'timestamptz' }, '2026-01-01 00:00:00+02'],
  [{ type: 'double' }, 'nan'],
  [{ type: 'decimal', precision: 4, scale: 2 }, '1.5'],
  [{ type: 'int' }, 'x'],
  [{ type: 'boolean' }, 'true'],
  [{ type: 'binary' }, 'AB'],
])('a bound of %o that reads %s is left out', (type, value) => {
  expect([lowerBound(type, value), upperBound(type, value)]).toEqual([undefined, undefined]);
});

test('zeros of either sign are within the bounds of zeros', () => {
  const type: PrimitiveType = { type: 'double' };
  const low = valueFromBytes(type, lowerBound(type, '-0.0') ?? Buffer.alloc(8));
  const high = valueFromBytes(type, upperBound(type, '-0.0') ?? Buffer.alloc(8));
  expect([low, high]).toEqual([-0, 0]);
});

test('bounds of many row groups hold all of them, even where the engine tells nothing of one', async () => {
  const long = `CASE WHEN i BETWEEN 3000 AND 3100 THEN repeat('é', 200) WHEN i < 2048 THEN 'b' ELSE 'c' END`;
  const numbers = `CASE WHEN i >= 4096 THEN 'nan'::DOUBLE ELSE i::DOUBLE END`;
  const to = join(engine.work, 'out', 'groups.parquet');
  const [file] = await engine.copy(
    `COPY (SELECT ${long} AS text, ${numbers} AS f2 FROM range(6000) t(i)) TO '${to}' (FORMAT parquet, ROW_GROUP_SIZE 2048, RETURN_STATS)`,
  );
  if (!file) throw new Error('no file was written');
  const found = dataFileOfStats(file, { path: 'x', specId: 0, partition: [], columns: fields });
  const id = (name: string) => fields.find((one) => one.name === name)?.id ?? 0;
  const high = found.upperBounds?.get(id('text'));
  if (high) expect(Buffer.compare(Buffer.from('é'.repeat(16)), Buffer.from(high))).toBeLessThanOrEqual(0);
  expect(found.nanValueCounts?.has(id('f2'))).toBe(false);
  expect(found.recordCount).toBe(6000);
});
