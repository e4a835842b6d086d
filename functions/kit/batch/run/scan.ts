import type { ScanFile } from '../../../../iceberg/deletes.ts';
import type { Field, TableMetadata } from '../../../../iceberg/model.ts';
import type { Engine } from '../../../../iceberg/ports.ts';
import { fileScan, neededFields } from '../../../../iceberg/read.ts';
import { fileScanSql } from '../../../../iceberg/sql.ts';
import type { Brought } from './fetch.ts';

type Ranged = ScanFile & { rows?: { from: number; to: number } };

/**
 * The texts that read some files of a table, one a file, once the files and their deletes have been brought: columns
 * `c<field id>` and `rn`. A range of rows in which no row group begins gives no text.
 */
export async function scanTexts(
  engine: Engine,
  brought: Brought,
  table: TableMetadata,
  scans: readonly Ranged[],
  wanted: readonly Field[],
): Promise<string[]> {
  const texts: string[] = [];
  for (const scan of scans) {
    const rows = await brought.columns(scan.file, neededFields(scan, wanted, table), table, scan.rows);
    for (const deletes of [...scan.positionDeletes, ...scan.equalityDeletes]) await brought.whole(deletes);
    if (scan.rows && (!rows || rows.from === rows.to)) continue;
    const files = { engine, local: brought.local };
    texts.push(fileScanSql(await fileScan(files, table, scan, wanted, scan.rows && rows)));
  }
  return texts;
}
