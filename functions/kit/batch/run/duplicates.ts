import type { ScanFile } from '../../../../iceberg/deletes.ts';
import type { TableMetadata } from '../../../../iceberg/model.ts';
import { planScan, snapshotAt } from '../../../../iceberg/plan.ts';
import type { Engine, Storage } from '../../../../iceberg/ports.ts';
import { pruningBy } from '../../../../iceberg/prune.ts';
import { columnName, literal } from '../../../../iceberg/sqlText.ts';
import type { Brought } from './fetch.ts';
import type { FrozenTarget } from './frozen.ts';
import { scanTexts } from './scan.ts';

/** Comparing more rows of one slot would take more memory than a function has. */
const mostRows = 200_000_000;

/** The files of the target that may hold rows of the run's slot, at a snapshot. */
export async function slotFiles(
  engine: Engine,
  storage: Storage,
  table: TableMetadata,
  snapshotId: bigint | undefined,
  { to }: FrozenTarget,
): Promise<ScanFile[]> {
  if (snapshotId === undefined) return [];
  const { field, value } = to.scoredAt;
  const [slot, column] = [literal(field.type, value), columnName(field.id)];
  const within = `coalesce(lo_${column} <= ${slot}, true) AND coalesce(hi_${column} >= ${slot}, true)`;
  return planScan(storage, table, snapshotAt(table, snapshotId), pruningBy(engine, table, [field], within));
}

export const tooMany = (files: readonly ScanFile[]): boolean =>
  files.reduce((sum, { file }) => sum + file.recordCount, 0) > mostRows;

/** The keys of the rows of the run's slot in some files of the target, as `k0`, `k1` …; undefined where there are no files. */
export async function slotKeys(
  engine: Engine,
  brought: Brought,
  table: TableMetadata,
  files: readonly ScanFile[],
  { to, keys }: FrozenTarget,
): Promise<string | undefined> {
  const { field, value } = to.scoredAt;
  const fields = [...keys.map(({ target }) => target), field];
  const texts = await scanTexts(engine, brought, table, files, fields);
  if (texts.length === 0) return undefined;
  const columns = keys.map(({ target }, i) => `${columnName(target.id)} AS k${i}`).join(', ');
  const same = `${columnName(field.id)} IS NOT DISTINCT FROM ${literal(field.type, value)}`;
  return texts.map((text) => `SELECT ${columns} FROM (${text}) WHERE ${same}`).join(' UNION ALL ');
}

/** NULL equals NULL among keys. */
export const sameKeys = (left: string, right: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `${left}.k${i} IS NOT DISTINCT FROM ${right}.k${i}`).join(' AND ');
