import { type BoundsRow, boundsOfFile, boundsOfManifest } from './bounds.ts';
import type { DataFile, Field, ManifestFile, PrimitiveType, TableMetadata, Value } from './model.ts';
import type { Pruning } from './plan.ts';
import type { Engine } from './ports.ts';
import { columnName, decimalText, sqlType } from './sqlText.ts';

/** A value as a text without commas; what is not known is empty. */
function cell(type: PrimitiveType, value: Value | undefined): string {
  if (value === undefined || value instanceof Uint8Array) return '';
  if (typeof value === 'string') return `x${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'bigint')
    return type.type === 'decimal' ? decimalText(value, type.scale) : String(value);
  return Object.is(value, -0) ? '-0.0' : String(value).replace('Infinity', 'inf');
}

/** The SQL that makes the values of a type of such texts; NULL for what the engine cannot hold, at the end of time. */
function valueSql(type: PrimitiveType, text: string): string {
  const number = `TRY_CAST(${text} AS BIGINT)`;
  switch (type.type) {
    case 'string':
      return `CASE WHEN ${text} <> '' THEN decode(unhex(substr(${text}, 2))) END`;
    case 'date':
      return `TRY(DATE '1970-01-01' + TRY_CAST(${text} AS INTEGER))`;
    case 'time':
      return `TRY(TIME '00:00:00' + to_microseconds(${number}))`;
    case 'timestamp':
    case 'timestamptz':
    case 'timestamp_ns':
      return `TRY(make_${type.type}(${number}))`;
    default:
      return `TRY_CAST(${text} AS ${sqlType(type)})`;
  }
}

interface Column {
  name: string;
  cells: string[];
  sql: (text: string) => string;
}

const count = (text: string) => `TRY_CAST(${text} AS BIGINT)`;

/** `n` (rows), and for each column `lo_c<id>`, `hi_c<id>` of its type and `nulls_c<id>`; NULL is what is not known. */
function columnsOf(rows: readonly BoundsRow[], fields: readonly Field[]): Column[] {
  const counted: Column = { name: 'n', cells: rows.map((row) => String(row.rows ?? '')), sql: count };
  const bounds = fields.flatMap(({ id, type }, at): Column[] => {
    if (type.type === 'other') return [];
    const own = rows.map(({ columns }) => columns[at] ?? {});
    const sql = (text: string) => valueSql(type, text);
    const name = columnName(id);
    return [
      { name: `lo_${name}`, cells: own.map(({ lo }) => cell(type, lo)), sql },
      { name: `hi_${name}`, cells: own.map(({ hi }) => cell(type, hi)), sql },
      { name: `nulls_${name}`, cells: own.map(({ nulls }) => String(nulls ?? '')), sql: count },
    ];
  });
  return [counted, ...bounds];
}

/** Which rows a predicate over bounds keeps; one that it does not decide is kept. */
async function kept(
  engine: Engine,
  rows: readonly BoundsRow[],
  fields: readonly Field[],
  predicate: string,
): Promise<boolean[]> {
  if (rows.length === 0) return [];
  const columns = columnsOf(rows, fields);
  // One text for each column: thousands of constants in a statement take longer to parse than all the rest of a plan.
  const texts = columns.map((_, i) => `unnest(string_split($${i + 1}, ',')) AS t${i}`);
  const values = columns.map(({ name, sql }, i) => `${sql(`t${i}`)} AS ${name}`);
  const places = `SELECT generate_subscripts(string_split($1, ','), 1) - 1 AS i, ${texts.join(', ')}`;
  const found = await engine.query(
    `SELECT i FROM (SELECT i, ${values.join(', ')} FROM (${places})) ` +
      `WHERE coalesce((${predicate}), true)`,
    columns.map(({ cells }) => cells.join()),
  );
  const chosen = new Set(found.map(({ i }) => Number(i)));
  return rows.map((_, i) => chosen.has(i));
}

/**
 * Leaves out of a scan what a filter cannot keep. The predicate is the filter rewritten over the bounds of `fields`; it
 * must be true or NULL wherever some row within the bounds may pass.
 */
export function pruningBy(
  engine: Engine,
  table: Pick<TableMetadata, 'schemas' | 'specs'>,
  fields: readonly Field[],
  predicate: string,
): Pruning {
  return {
    manifests: (list: readonly ManifestFile[]) =>
      kept(
        engine,
        list.map((one) => boundsOfManifest(one, fields, table)),
        fields,
        predicate,
      ),
    files: (list: readonly DataFile[]) =>
      kept(
        engine,
        list.map((one) => boundsOfFile(one, fields, table)),
        fields,
        predicate,
      ),
  };
}
