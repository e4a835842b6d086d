import type { Field } from '../../../iceberg/model.ts';
import { planScan, schemaAt, snapshotAt } from '../../../iceberg/plan.ts';
import type { Engine, SqlValue } from '../../../iceberg/ports.ts';
import { fileScan } from '../../../iceberg/read.ts';
import { fileScanSql } from '../../../iceberg/sql.ts';
import type { FixtureTable } from './fixtures.ts';

/** One cell as text that does not depend on who printed it: numbers plain, times in microseconds, bytes in hexadecimal. */
function cellSql({ id, type }: Field): string {
  const cell = `c${id}`;
  if (type.type === 'timestamp' || type.type === 'timestamptz') return `CAST(epoch_us(${cell}) AS VARCHAR)`;
  if (type.type === 'time') return `CAST(epoch_us(${cell}) AS VARCHAR)`;
  if (type.type === 'binary' || type.type === 'fixed') return `lower(hex(${cell}))`;
  if (type.type === 'float' || type.type === 'double') return `CAST(${cell} AS DOUBLE)`;
  return `CAST(${cell} AS VARCHAR)`;
}

export interface Selection {
  snapshotId?: bigint;
  /** Columns by name; all without. */
  columns?: readonly string[];
}

/** The text of one statement that reads a snapshot, and the columns it gives. */
export async function selectOf(
  engine: Engine,
  { table, local, storage }: FixtureTable,
  { snapshotId, columns }: Selection = {},
): Promise<{ sql: string; fields: Field[] }> {
  const snapshot = snapshotAt(table, snapshotId);
  const schema = schemaAt(table, snapshotId === undefined ? undefined : snapshot);
  const fields = schema.fields.filter(({ name }) => columns?.includes(name) ?? true);
  const texts: string[] = [];
  for (const scan of await planScan(storage, table, snapshot))
    texts.push(fileScanSql(await fileScan({ engine, local }, table, scan, fields)));
  const outputs = fields.map((field, i) => `${cellSql(field)} AS v${i}`);
  const parts = texts.map((text) => `SELECT ${outputs.join(', ')} FROM (${text})`);
  return { sql: parts.join(' UNION ALL '), fields };
}

/** All rows of a snapshot, each a list of texts and numbers, sorted. */
export async function rowsOf(
  engine: Engine,
  fixture: FixtureTable,
  selection?: Selection,
): Promise<SqlValue[][]> {
  const { sql, fields } = await selectOf(engine, fixture, selection);
  if (sql === '') return [];
  const rows = await engine.query(sql);
  return sorted(rows.map((row) => fields.map((_, i) => row[`v${i}`] ?? null)));
}

export const sorted = <T>(rows: T[][]): T[][] =>
  rows
    .map((row) => ({ row, key: JSON.stringify(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);

/** A cell of a golden file in the same form. */
export function goldenCell(value: unknown, { type }: Field): SqlValue {
  if (value === null || value === undefined) return null;
  if (type.type === 'timestamp' || type.type === 'timestamptz' || type.type === 'time')
    return micros(String(value));
  if (type.type === 'binary' || type.type === 'fixed') return hexOf(value);
  if (type.type === 'uuid')
    return hexOf(value).replace(/^(.{8})-?(.{4})-?(.{4})-?(.{4})-?(.{12})$/, '$1-$2-$3-$4-$5');
  if (type.type === 'float') return Math.fround(Number(value));
  if (type.type === 'double') return Number(value);
  if (type.type === 'date') return String(value).slice(0, 10);
  // One of the readers has no decimals and gives what is nearest to them.
  if (type.type === 'decimal') return Number(value).toFixed(type.scale);
  return String(value);
}

/** Bytes are an object, or a text like `\\x0102`. */
const hexOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll('\\x', '') : (value as { $hex: string }).$hex;

function micros(text: string): string {
  if (/^\d+$/.test(text)) return text;
  const [, seconds = '', fraction = ''] = /^(.*?\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)?$/.exec(text) ?? [];
  const whole = Date.parse(seconds.includes('T') ? `${seconds}Z` : `1970-01-01T${seconds}Z`);
  return String(BigInt(whole) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)));
}
