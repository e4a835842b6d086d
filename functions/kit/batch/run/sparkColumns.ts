import { fault } from '../../../../iceberg/fault.ts';
import type { Field, PrimitiveType } from '../../../../iceberg/model.ts';
import { sparkName, sparkType, sparkValue } from '../../../../iceberg/spark/literals.ts';
import { columnName } from '../../../../iceberg/sqlText.ts';
import type { Feature } from '../../../../scoring/ir.ts';
import type { InputColumn } from './features.ts';
import type { TargetPlan } from './target.ts';

type Typed = Field & { type: PrimitiveType };

const moments: Record<string, (column: string) => string> = {
  date: (column) => `CAST(unix_date(${column}) * 86400L AS DOUBLE)`,
  timestamptz: (column) => `(CAST(unix_micros(${column}) AS DOUBLE) / 1000000D)`,
  // Without a zone it is UTC, as the job's own zone is.
  timestamp: (column) => `(CAST(unix_micros(CAST(${column} AS TIMESTAMP)) AS DOUBLE) / 1000000D)`,
};

/** A type that Spark reads, or a fault that names what is of another. */
export function readType({ name, type }: Field, what: string): string {
  const found = sparkType(type);
  if (!found) throw fault('unsupported', `${what} '${name}' is a column of a type that Spark does not read`);
  return found;
}

/** A feature for the scorer of Spark: a DOUBLE, or the text as it stands, which the scorer reads. */
export function featureSql(feature: Feature, { field }: InputColumn): string {
  readType(field, 'feature');
  const column = sparkName(columnName(field.id));
  const { type } = field.type;
  if (type === 'string' || type === 'uuid') return column;
  if (type === 'boolean' && feature.levels) return `CAST(${column} AS STRING)`;
  return (moments[type] ?? ((one) => `CAST(${one} AS DOUBLE)`))(column);
}

/** A column as it is called in the snapshot that is read; one that is younger than that is NULL. */
export function sourceSql(field: Field, read: readonly Field[]): string {
  const type = readType(field, 'column');
  const found = read.find(({ id }) => id === field.id);
  return found ? sparkName(found.name) : `CAST(NULL AS ${type})`;
}

/** What fills each column of the target, in the order of its schema: the scored rows have `e0` … and `o0` … */
export function targetSql(
  fields: readonly Field[],
  { columns }: TargetPlan,
  entity: readonly Typed[],
): { name: string; sql: string }[] {
  return fields.map((field) => {
    const fill = columns.find((one) => one.field.id === field.id)?.fill;
    return { name: field.name, sql: fill ? fillSql(field as Typed, fill, entity) : nothing(field) };
  });
}

function fillSql(
  field: Typed,
  fill: TargetPlan['columns'][number]['fill'],
  entity: readonly Typed[],
): string {
  if (fill.from === 'constant') return sparkValue(field.type, fill.value);
  if (fill.from === 'entity') return `e${entity.findIndex(({ id }) => id === fill.source.id)}`;
  return field.type.type === 'float' ? `CAST(o${fill.index} AS FLOAT)` : `o${fill.index}`;
}

const nothing = (field: Field): string => {
  const type = sparkType(field.type);
  return type ? `CAST(NULL AS ${type})` : 'NULL';
};
