import { malformed } from './fault.ts';
import type { Field } from './model.ts';
import type { FileColumn, Projected } from './project.ts';
import { columnName, literal, quoted, sqlType } from './sqlText.ts';

/** A file of equality deletes as it lies in the work folder. */
export interface LocalEqualityDeletes {
  path: string;
  columns: readonly FileColumn[];
  /** The columns whose values it lists, and where it has each. */
  keys: readonly { field: Field; at: number }[];
}

/** One data file as it lies in the work folder, and what is to be read of it. */
export interface FileScan {
  path: string;
  columns: readonly FileColumn[];
  projected: readonly Projected[];
  /** Only these rows, counted from 0, the end not included. */
  rows?: { from: number; to: number };
  /** The path of the data file as the manifest has it: files of position deletes name it so. */
  manifestPath: string;
  /** Files of position deletes in the work folder. */
  positionDeletes: readonly string[];
  equalityDeletes: readonly LocalEqualityDeletes[];
}

/** A reading of Parquet files alike, the columns named by their place: `k0`, `k1` … and `rn`, the number of the row. */
function reading(paths: readonly string[], width: number, numbered = false): string {
  const places = Array.from({ length: width }, (_, at) => `k${at}`);
  const files = paths.length === 1 ? quoted(paths[0] ?? '') : `[${paths.map(quoted).join(', ')}]`;
  // Folders named like `day=1` must not become columns.
  const options = `hive_partitioning=false${numbered ? ', file_row_number=true' : ''}`;
  return `read_parquet(${files}, ${options}) t(${[...places, ...(numbered ? ['rn'] : [])].join(', ')})`;
}

/** The file's own type is kept where it is the table's, so that the engine can use the file's statistics. */
function value(at: number, field: Field, columns: readonly FileColumn[]): string {
  const type = sqlType(field.type);
  return columns[at]?.type === type ? `k${at}` : `CAST(k${at} AS ${type})`;
}

function expression({ field, from }: Projected, columns: readonly FileColumn[]): string {
  if (field.type.type === 'other') throw malformed('a column of a nested type was asked for');
  const text = 'at' in from ? value(from.at, field, columns) : literal(field.type, from.constant);
  return `${text} AS ${columnName(field.id)}`;
}

/**
 * The text of the SELECT that reads one data file: columns `c<field id>` in the order of `projected`, and `rn`, the number
 * of the row in its file (BIGINT, from 0); deleted rows are left out.
 */
export function fileScanSql(scan: FileScan): string {
  const outputs = [...scan.projected.map((one) => expression(one, scan.columns)), 'rn'].join(', ');
  const range = scan.rows ? ` WHERE rn >= ${scan.rows.from} AND rn < ${scan.rows.to}` : '';
  const base = `SELECT ${outputs} FROM ${reading([scan.path], scan.columns.length, true)}${range}`;
  const joins = equalityJoins(scan.equalityDeletes);
  const where = scan.positionDeletes.length > 0 ? ` WHERE NOT EXISTS (${positions(scan)})` : '';
  return joins.length + where.length > 0 ? `SELECT a.* FROM (${base}) a${joins.join('')}${where}` : base;
}

function positions({ positionDeletes, manifestPath }: FileScan): string {
  const files = `[${positionDeletes.map(quoted).join(', ')}]`;
  return (
    `SELECT 1 FROM read_parquet(${files}, hive_partitioning=false) p ` +
    `WHERE p.file_path = ${quoted(manifestPath)} AND p.pos = a.rn`
  );
}

/** One join for each list of equality columns; a NULL there deletes NULL. */
function equalityJoins(deletes: readonly LocalEqualityDeletes[]): string[] {
  const byKeys = Map.groupBy(deletes, ({ keys }) => keys.map(({ field }) => field.id).join());
  return [...byKeys.values()].map((group, i) => {
    const keys = (group[0]?.keys ?? []).map(({ field }) => columnName(field.id));
    if (keys.length === 0) throw malformed('a file of equality deletes names no column');
    const on = keys.map((key) => `a.${key} IS NOT DISTINCT FROM d${i}.${key}`).join(' AND ');
    return ` ANTI JOIN (${alike(group).join(' UNION ALL ')}) d${i} ON ${on}`;
  });
}

/** Files of the same columns are read as one. */
function alike(group: readonly LocalEqualityDeletes[]): string[] {
  const byColumns = Map.groupBy(group, ({ columns, keys }) =>
    JSON.stringify([columns, keys.map(({ at }) => at)]),
  );
  return [...byColumns.values()].flatMap((files) => {
    const [first] = files;
    if (!first) return [];
    const outputs = first.keys.map(
      ({ field, at }) => `${value(at, field, first.columns)} AS ${columnName(field.id)}`,
    );
    return `SELECT ${outputs.join(', ')} FROM ${reading(
      files.map(({ path }) => path),
      first.columns.length,
    )}`;
  });
}
