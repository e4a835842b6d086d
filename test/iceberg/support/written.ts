import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localStorage } from '../../../adapters/iceberg/storage.ts';
import type { Change } from '../../../iceberg/commit.ts';
import type { Replaced } from '../../../iceberg/commitValues.ts';
import type { LiveFile } from '../../../iceberg/deletes.ts';
import type { DataFile } from '../../../iceberg/model.ts';
import { positionDeleteFile, positionFieldIds, positionsSql } from '../../../iceberg/positionDeletes.ts';
import { fileScan } from '../../../iceberg/read.ts';
import { fileScanSql } from '../../../iceberg/sql.ts';
import { around, day, loaded, micros, name, overwrite, run, slotFile, target } from './tables.ts';
import { testEngine } from './testEngine.ts';

const hour = 3_600_000_000n;
const slot = micros('2026-11-20T06:00:00Z');
export const slots = [slot, slot + hour, slot + day] as const;

/** Rows by slot, as `slot: count, sum of ids`; the same text is made from what other readers read. */
export type Rows = Record<string, [count: number, sum: number]>;
export interface Written {
  root: string;
  /** Each snapshot with the rows that it is meant to have. */
  snapshots: { id: bigint; step: string; rows: Rows }[];
  [Symbol.dispose]: () => void;
}

/** A table on a disk with real files, brought about by every kind of commit. */
export async function writtenTable(): Promise<Written> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-written-'));
  const world = around(localStorage(root), root);
  await world.catalog.create(name, target);
  const folder = join(root, 'scores/churn/data');
  mkdirSync(folder, { recursive: true });
  const engine = await testEngine();
  const local = (path: string) => path;
  let files = 0;

  async function copy(select: string, ids: string): Promise<string> {
    const path = join(folder, `${files++}.parquet`);
    await engine.query(`COPY (${select}) TO '${path}' (FORMAT parquet, FIELD_IDS ${ids})`);
    return path;
  }
  /** Rows with ids from..to of slots that follow each other. */
  async function data(from: number, to: number, ...of: bigint[]): Promise<DataFile> {
    const scored = `make_timestamptz(list_extract([${of.join()}], CAST(i % ${of.length} + 1 AS INTEGER)))`;
    const columns = `i AS id, i / 2 AS prediction, 'm1' AS model_version, 'r' AS run_id, ${scored} AS scored_at`;
    const ids = '{id: 1, prediction: 2, model_version: 3, run_id: 4, scored_at: 5}';
    const path = await copy(`SELECT ${columns} FROM range(${from}, ${to}) t(i)`, ids);
    const file = { ...slotFile(path, of[0] ?? 0n, to - from), sizeBytes: statSync(path).size };
    return of.length === 1 ? file : { ...file, lowerBounds: undefined, upperBounds: undefined };
  }
  async function deletes(about: DataFile, select: string): Promise<DataFile> {
    const path = await copy(select, positionFieldIds);
    const [counted] = await engine.query(`SELECT count(*) AS n FROM read_parquet('${path}')`);
    return positionDeleteFile(about, { path, rows: Number(counted?.n), sizeBytes: statSync(path).size });
  }
  async function positions(live: readonly LiveFile[], replaced: Replaced): Promise<DataFile[]> {
    const { metadata } = await loaded(world);
    const found: DataFile[] = [];
    for (const one of live) {
      const scan = { ...one, positionDeletes: [], equalityDeletes: [] };
      const text = fileScanSql(await fileScan({ engine, local }, metadata, scan, [replaced.field]));
      found.push(await deletes(one.file, positionsSql(one.file.path, text, replaced)));
    }
    return found;
  }

  const [a, b, c] = slots;
  const mixed = await data(1_000, 1_100, a, b);
  const loser = await data(300, 310, c);
  const lost = `SELECT '${loser.path}' AS file_path, i AS pos FROM range(0, 4) t(i)`;
  const rerun = await data(0, 60, a);
  const steps: [string, () => Promise<Change>, Rows][] = [
    ['append', async () => overwrite(a, [await data(0, 100, a)]), { a: [100, 4950] }],
    ['re-run', async () => overwrite(a, [rerun]), { a: [60, 1770] }],
    ['hour of a day', async () => overwrite(b, [await data(0, 40, b)]), { a: [60, 1770], b: [40, 780] }],
    ['another writer', async () => ({ added: [mixed] }), { a: [110, 54220], b: [90, 53280] }],
    [
      'partial file',
      async () => ({ ...overwrite(a, [await data(7, 8, a)]), positions }),
      { a: [1, 7], b: [90, 53280] },
    ],
    [
      'dedup',
      async () => ({ added: [loser, await deletes(loser, lost)] }),
      { a: [1, 7], b: [90, 53280], c: [6, 1839] },
    ],
    ['empty run', async () => ({ ...overwrite(b, []), positions }), { a: [1, 7], c: [6, 1839] }],
  ];
  const snapshots: Written['snapshots'] = [];
  try {
    for (const [step, change, rows] of steps) {
      const changed = await change();
      const { snapshotId } = await run(world, step, () => changed);
      if (snapshotId === undefined) throw new Error(`${step} made no snapshot`);
      snapshots.push({ id: snapshotId, step, rows });
    }
  } finally {
    engine.close();
  }
  return { root, snapshots, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** What a reader read, by the names of the slots. */
export function summed(rows: readonly { id: number; scoredAt: number }[]): Rows {
  const groups = Map.groupBy(
    rows,
    ({ scoredAt }) => 'abc'[slots.findIndex((one) => Number(one / 1_000n) === scoredAt)] ?? '?',
  );
  return Object.fromEntries(
    [...groups].sort().map(([key, held]) => [key, [held.length, held.reduce((sum, { id }) => sum + id, 0)]]),
  );
}
