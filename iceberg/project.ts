import { fault, malformed } from './fault.ts';
import type { DataFile, Field, NameMapping, TableMetadata, Value } from './model.ts';
import type { SqlValue } from './ports.ts';
import { quoted } from './sqlText.ts';
import { fitted } from './values.ts';

/** A top-level column of a Parquet file, in the order of the file. */
export interface FileColumn {
  name: string;
  fieldId?: number;
  /** As the engine reads it. */
  type: string;
}

/** Where the values of a column come from: a column of the file, by its place, or one constant for all rows. */
type Source = { at: number } | { constant: Value | null };

export interface Projected {
  field: Field;
  from: Source;
}

export const fileColumnsSql = (path: string): string =>
  `SELECT name, field_id, num_children, duckdb_type FROM parquet_schema(${quoted(path)}) ORDER BY column_id`;

/** The rows of `fileColumnsSql`, a tree in depth-first order, to the columns at its top. */
export function fileColumns(rows: readonly Record<string, SqlValue>[]): FileColumn[] {
  const columns: FileColumn[] = [];
  /** How many more rows belong to what is under the column before. */
  let under = 0;
  for (const { name, field_id, num_children, duckdb_type } of rows.slice(1)) {
    const children = Number(num_children ?? 0);
    if (under === 0)
      columns.push({ name: String(name), fieldId: numberOf(field_id), type: String(duckdb_type) });
    under = Math.max(0, under - 1) + children;
  }
  return columns;
}

const numberOf = (value: SqlValue | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

/** The place of each field id in a file: by the ids it carries, else by the name mapping, else by the current names. */
export function placesIn(
  columns: readonly FileColumn[],
  fields: readonly Field[],
  mapping: readonly NameMapping[] | undefined,
): Map<number, number> {
  const places = new Map<number, number>();
  const put = (id: number | undefined, at: number) => {
    if (id === undefined || at < 0) return;
    if (places.has(id)) throw malformed('a data file holds a column twice');
    places.set(id, at);
  };
  if (columns.some(({ fieldId }) => fieldId !== undefined)) {
    columns.forEach(({ fieldId }, at) => {
      put(fieldId, at);
    });
    return places;
  }
  const named = mapping ?? fields.map(({ id, name }) => ({ fieldId: id, names: [name] }));
  for (const { fieldId, names } of named)
    put(
      fieldId,
      columns.findIndex(({ name }) => names.includes(name)),
    );
  return places;
}

/**
 * Where each wanted column of one file comes from (Iceberg specification, "Column Projection"): the file, else the value
 * of an identity partition, else the column's initial default, else NULL. A required column that has none of these
 * is a fault `columnNotFound`.
 */
export function project(
  file: DataFile,
  columns: readonly FileColumn[],
  wanted: readonly Field[],
  table: Pick<TableMetadata, 'specs' | 'nameMapping'>,
): Projected[] {
  const places = placesIn(columns, wanted, table.nameMapping);
  const identities = identityValues(file, table);
  return wanted.map((field) => {
    const at = places.get(field.id);
    if (at !== undefined) return { field, from: { at } };
    const constant = identities.get(field.id) ?? field.initialDefault ?? null;
    const known = identities.has(field.id) || field.initialDefault !== undefined;
    if (field.required && !known)
      throw fault('columnNotFound', 'a data file lacks a required column that has no default');
    const { type } = field;
    const own = constant === null || type.type === 'other' ? constant : fitted(type, constant);
    return { field, from: { constant: own } };
  });
}

function identityValues(file: DataFile, { specs }: Pick<TableMetadata, 'specs'>): Map<number, Value | null> {
  const fields = specs.find(({ id }) => id === file.specId)?.fields ?? [];
  return new Map(
    fields.flatMap(({ transform, sourceId }, i): [number, Value | null][] =>
      transform === 'identity' ? [[sourceId, file.partition[i] ?? null]] : [],
    ),
  );
}
