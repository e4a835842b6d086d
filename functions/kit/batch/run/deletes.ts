import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDb, folders } from '../../../../adapters/duckdb/engine.ts';
import type { Replaced } from '../../../../iceberg/commitValues.ts';
import type { LiveFile, ScanFile } from '../../../../iceberg/deletes.ts';
import { fault } from '../../../../iceberg/fault.ts';
import type { DataFile, TableMetadata } from '../../../../iceberg/model.ts';
import { planScan, snapshotAt } from '../../../../iceberg/plan.ts';
import type { Storage } from '../../../../iceberg/ports.ts';
import { positionDeleteFile, positionFieldIds, positionsSql } from '../../../../iceberg/positionDeletes.ts';
import { columnName, quoted } from '../../../../iceberg/sqlText.ts';
import { sameKeys, slotFiles, slotKeys, tooMany } from './duplicates.ts';
import { type Brought, broughtTo } from './fetch.ts';
import type { FrozenTarget } from './frozen.ts';
import { scanTexts } from './scan.ts';

/** What finds rows to delete and writes down where they are. */
export interface Deletes {
  engine: DuckDb;
  folder: string;
  storage: Storage;
  frozen: FrozenTarget;
  /** A fresh path in the table's folder. */
  fresh: () => string;
  /** Told of paths before anything is written there. */
  announce: (paths: readonly string[]) => Promise<void>;
  brought: Brought;
  /** What was found before in files that have not changed since: attempts to commit ask again. */
  known: Map<string, DataFile | null>;
}

export function deletesIn(
  engine: DuckDb,
  folder: string,
  how: Pick<Deletes, 'storage' | 'frozen' | 'fresh' | 'announce'>,
): Deletes {
  return {
    engine,
    folder,
    ...how,
    brought: broughtTo(folders(folder).in, 'd', how.storage, engine),
    known: new Map(),
  };
}

/** Files of position deletes for the rows that hold a replaced value, in data files that hold others too. */
export async function replacedRows(
  deletes: Deletes,
  base: TableMetadata,
  files: readonly LiveFile[],
  replaced: Replaced,
): Promise<DataFile[]> {
  const paths = new Set(files.map(({ file }) => file.path));
  const scans = await planScan(deletes.storage, base, snapshotAt(base), {
    manifests: async (all) => all.map(() => true),
    files: async (all) => all.map(({ path }) => paths.has(path)),
  });
  const found: DataFile[] = [];
  for (const scan of scans) {
    const key = [scan.file, ...scan.positionDeletes, ...scan.equalityDeletes]
      .map(({ path }) => path)
      .join('\n');
    const known =
      deletes.known.get(key) ??
      (deletes.known.has(key) ? null : await positionsIn(deletes, base, scan, replaced));
    deletes.known.set(key, known);
    if (known) found.push(known);
  }
  return found;
}

async function positionsIn(deletes: Deletes, base: TableMetadata, scan: ScanFile, replaced: Replaced) {
  const [text] = await scanTexts(deletes.engine, deletes.brought, base, [scan], [replaced.field]);
  return text === undefined
    ? null
    : written(deletes, scan.file, positionsSql(scan.file.path, text, replaced));
}

/** The rows of the new files whose keys an earlier row of them has, or a row that came into the target since the plan. */
export async function lostRows(
  deletes: Deletes,
  base: TableMetadata,
  added: readonly DataFile[],
): Promise<DataFile[]> {
  const { engine, storage, frozen, brought } = deletes;
  const { keys, target } = frozen;
  const all = await slotFiles(engine, storage, base, snapshotAt(base)?.id, frozen);
  const since = all.filter(({ sequenceNumber }) => sequenceNumber > target.lastSequenceNumber);
  if (added.length === 0 || (added.length === 1 && since.length === 0)) return [];
  if (tooMany(since))
    throw fault('unsupported', 'the target holds too many rows of this slot to find duplicates among');
  const scans = added.map((file) => ({ file, sequenceNumber: 0, positionDeletes: [], equalityDeletes: [] }));
  const texts = await scanTexts(
    engine,
    brought,
    target,
    scans,
    keys.map((key) => key.target),
  );
  const named = keys.map((key, i) => `${columnName(key.target.id)} AS k${i}`).join(', ');
  const rows = texts.map((text, f) => `SELECT ${named}, ${f} AS f, rn FROM (${text})`).join(' UNION ALL ');
  const key = keys.map((_, i) => `k${i}`).join(', ');
  const present = await slotKeys(engine, brought, base, since, frozen);
  const matched = present
    ? ` OR EXISTS (SELECT 1 FROM (${present}) b WHERE ${sameKeys('a', 'b', keys.length)})`
    : '';
  await engine.query(
    `CREATE OR REPLACE TEMP TABLE lost AS SELECT f, rn FROM ` +
      `(SELECT *, row_number() OVER (PARTITION BY ${key} ORDER BY f, rn) AS n FROM (${rows})) a WHERE n > 1${matched}`,
  );
  const found: DataFile[] = [];
  for (const [f, file] of added.entries()) {
    const sql = `SELECT ${quoted(file.path)} AS file_path, rn AS pos FROM lost WHERE f = ${f} ORDER BY pos`;
    const one = await written(deletes, file, sql);
    if (one) found.push(one);
  }
  return found;
}

/** Null where there is nothing to delete. */
async function written(
  { engine, folder, storage, fresh, announce }: Deletes,
  about: DataFile,
  select: string,
): Promise<DataFile | null> {
  const to = join(folders(folder).out, 'deletes.parquet');
  const [file] = await engine.copy(
    `COPY (${select}) TO ${quoted(to)} ` +
      `(FORMAT parquet, COMPRESSION zstd, FIELD_IDS ${positionFieldIds}, RETURN_STATS, WRITE_EMPTY_FILE false)`,
  );
  if (!file || file.rows === 0) return null;
  const bytes = await readFile(file.path);
  const path = fresh();
  await announce([path]);
  await storage.put(path, bytes, { ifAbsent: true });
  return positionDeleteFile(about, { path, rows: file.rows, sizeBytes: bytes.length });
}
