import type { ScanFile } from '../../../../iceberg/deletes.ts';
import { each } from '../../../../iceberg/each.ts';
import type { Field, TableMetadata } from '../../../../iceberg/model.ts';
import type { Engine } from '../../../../iceberg/ports.ts';
import { fileScan, neededFields } from '../../../../iceberg/read.ts';
import { fileScanSql } from '../../../../iceberg/sql.ts';
import type { Brought } from './fetch.ts';

type Ranged = ScanFile & { rows?: { from: number; to: number } };

/** How one file of a table is read. */
export interface Scan {
  /** Columns `c<field id>` and `rn`. */
  text: string;
  /** Bytes without which it cannot be read, and what brings them. */
  left: number;
  bring: () => Promise<void>;
}

/**
 * How some files of a table are read, once their footers and their deletes have been brought. A range of rows in which no
 * row group begins is not read at all.
 */
export async function openScans(
  engine: Engine,
  brought: Brought,
  table: TableMetadata,
  scans: readonly Ranged[],
  wanted: readonly Field[],
): Promise<Scan[]> {
  const begun = await each(scans, async (scan) => {
    const file = await brought.columns(scan.file, neededFields(scan, wanted, table), table, scan.rows);
    for (const deletes of [...scan.positionDeletes, ...scan.equalityDeletes]) await brought.whole(deletes);
    return { scan, file };
  });
  const opened: Scan[] = [];
  for (const { scan, file } of begun) {
    const { rows, left, rest } = file;
    if (scan.rows && (!rows || rows.from === rows.to)) continue;
    const files = { engine, local: brought.local };
    const text = fileScanSql(await fileScan(files, table, scan, wanted, scan.rows && rows));
    opened.push({ text, left, bring: rest });
  }
  return opened;
}

/** Each file is fetched by several requests at once; more files would hold more of them in memory. */
const filesAtOnce = 2;

/** Bring what some files are read from. */
export async function bringAll(scans: readonly Scan[]): Promise<void> {
  const queue = scans.values();
  const worker = async () => {
    for (const scan of queue) await scan.bring();
  };
  await Promise.all(Array.from({ length: filesAtOnce }, worker));
}

/** The texts that read some files of a table, which are there then. */
export async function scanTexts(...asked: Parameters<typeof openScans>): Promise<string[]> {
  const scans = await openScans(...asked);
  await bringAll(scans);
  return scans.map(({ text }) => text);
}
