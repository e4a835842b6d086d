import { copySql } from '../../../../iceberg/copySql.ts';
import { columnName, identifier, literal, quoted } from '../../../../iceberg/sqlText.ts';
import { sameKeys } from './duplicates.ts';
import type { Frozen } from './frozen.ts';
import type { OutputColumn } from './outputs.ts';
import type { Fill, TargetPlan } from './target.ts';

/** The rows of a part as they are scored: filtered, and where duplicates are left out each key once and none of the target's. */
export function rowsSql(
  texts: readonly string[],
  { filter, keys }: Frozen,
  present: string | undefined,
): string {
  const files = texts.map((text, i) => `SELECT *, ${i} AS f FROM (${text})`).join(' UNION ALL BY NAME ');
  const rows = filter ? `SELECT * FROM (${files}) WHERE ${filter.sql}` : files;
  if (keys.length === 0) return rows;
  const named = keys.map(({ source }, i) => `${columnName(source.id)} AS k${i}`).join(', ');
  const key = keys.map((_, i) => `k${i}`).join(', ');
  const first = `SELECT *, row_number() OVER (PARTITION BY ${key} ORDER BY f, rn) AS n FROM (SELECT *, ${named} FROM (${rows}))`;
  const once = `SELECT * FROM (${first}) a WHERE n = 1`;
  if (!present) return once;
  return `SELECT a.* FROM (${once}) a ANTI JOIN (${present}) b ON ${sameKeys('a', 'b', keys.length)}`;
}

/** A type of few texts: they go into a file by their places in its dictionary, and no row looks its text up. */
const known = (texts: readonly string[]): string => `ENUM (${[...new Set(texts)].map(quoted).join(', ')})`;

function valueSql(
  fill: Fill,
  field: TargetPlan['columns'][number]['field'],
  outputs: readonly OutputColumn[],
): string {
  if (fill.from === 'entity') return columnName(fill.source.id);
  if (fill.from === 'constant')
    return field.type.type === 'string' && typeof fill.value === 'string'
      ? `CAST(${quoted(fill.value)} AS ${known([fill.value])})`
      : literal(field.type, fill.value);
  const value = outputs.length === 1 ? 's' : `s.o${fill.index}`;
  const { labels } = outputs[fill.index] ?? {};
  if (labels)
    return `list_extract(CAST([${labels.map(quoted).join(', ')}] AS ${known(labels)}[]), CAST(${value} AS INTEGER) + 1)`;
  if (field.type.type === 'boolean') return `(${value} = 1)`;
  return field.type.type === 'float' ? `CAST(${value} AS FLOAT)` : value;
}

/** A value as a text that tells NULL from all others. */
export const textSql = (type: string, column: string): string =>
  `CASE WHEN ${column} IS NULL THEN 'n' ELSE 'v' || CAST(${type === 'boolean' ? `CAST(${column} AS INTEGER)` : column} AS VARCHAR) END`;

/** The fields of the target's spec that the rows themselves decide, by their place in it. */
export const carriedPartitions = ({ spec, columns }: TargetPlan) =>
  spec.fields.flatMap(({ sourceId, transform }, place) => {
    const column = columns.find(({ field }) => field.id === sourceId);
    if (transform !== 'identity' || column?.fill.from !== 'entity') return [];
    return [{ place, name: `__p${place}`, field: column.field, source: column.fill.source }];
  });

/** One statement that reads, scores and writes; rows stay inside the engine. */
export function partSql(rows: string, to: string, frozen: Frozen, outputs: readonly OutputColumn[]): string {
  const { columns } = frozen.to;
  const carried = carriedPartitions(frozen.to);
  const scored = `SELECT *, score(${frozen.inputs.map(({ sql }) => sql).join(', ')}) AS s FROM (${rows})`;
  const selected = [
    ...columns.map(({ field, fill }) => `${valueSql(fill, field, outputs)} AS ${identifier(field.name)}`),
    ...carried.map(({ name, source }) => `${textSql(source.type.type, columnName(source.id))} AS ${name}`),
  ];
  return copySql(`SELECT ${selected.join(', ')} FROM (${scored})`, {
    to,
    fieldIds: new Map(columns.map(({ field }) => [field.name, field.id])),
    partitionBy: carried.map(({ name }) => name),
  });
}
