import { fault } from '../../../../iceberg/fault.ts';
import type { Field, PrimitiveType } from '../../../../iceberg/model.ts';
import { columnName, quoted } from '../../../../iceberg/sqlText.ts';
import type { Feature } from '../../../../scoring/ir.ts';

/** How one feature of a model gets out of the source: an expression that gives a DOUBLE. */
export interface InputColumn {
  feature: string;
  field: Field & { type: PrimitiveType };
  sql: string;
  /** The expression gives places in this list: a text that is none of its own is as good as one never seen. */
  dictionary?: readonly string[];
}

/** The column of a name: written alike, else the only one but for upper and lower case. Faults name it. */
export function columnOf(name: string, fields: readonly Field[], what: string): Field {
  const alike = fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());
  const exact = alike.filter((field) => field.name === name);
  const [found, other] = exact.length > 0 ? exact : alike;
  if (!found) throw fault('columnNotFound', `${what} '${name}' is not a column of the table`);
  if (other) throw fault('columnNotFound', `${what} '${name}' fits several columns of the table`);
  return found;
}

const numbers: readonly string[] = ['int', 'long', 'float', 'double', 'decimal'];
const moments: readonly string[] = ['date', 'timestamp', 'timestamptz', 'timestamp_ns'];
const texts: readonly string[] = ['string', 'uuid', 'boolean'];

/** What each feature of a model is made of. Faults name features that the source lacks or holds in a type of no use. */
export function inputsOf(features: readonly Feature[], fields: readonly Field[]): InputColumn[] {
  return features.map((feature) => {
    const field = columnOf(feature.name, fields, 'feature');
    const { type } = field;
    if (type.type === 'other' || !usable(type.type))
      throw fault('unsupported', `feature '${feature.name}' is a column of a type that models do not take`);
    const column = columnName(field.id);
    const own = { feature: feature.name, field: { ...field, type } };
    if (feature.levels && texts.includes(type.type)) {
      const dictionary = dictionaryOf(feature.levels, feature.prefix);
      return { ...own, dictionary, sql: placeSql(`CAST(${column} AS VARCHAR)`, dictionary) };
    }
    return { ...own, sql: numberSql(type.type, column) };
  });
}

const usable = (type: string) => [...numbers, ...moments, ...texts].includes(type);

function numberSql(type: string, column: string): string {
  if (moments.includes(type)) return `CAST(epoch(${column}) AS DOUBLE)`;
  if (type === 'string' || type === 'uuid') return parsedSql(column);
  return `CAST(${column} AS DOUBLE)`;
}

/** A text that is no number becomes infinite, which every model refuses as it refuses the text. */
function parsedSql(column: string): string {
  const text = `trim(${column}, chr(32) || chr(9) || chr(10) || chr(11) || chr(12) || chr(13))`;
  const pattern = String.raw`'[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?'`;
  const number = `CASE WHEN regexp_full_match(${text}, ${pattern}) THEN TRY_CAST(ltrim(${text}, '+') AS DOUBLE) END`;
  return `CASE WHEN ${text} = '' THEN NULL WHEN ${column} IS NOT NULL THEN coalesce(${number}, CAST('inf' AS DOUBLE)) END`;
}

/**
 * Every text that a model reads as one of its levels: the levels themselves, those that follow its prefix, both truths,
 * and last a text that is no level at all.
 */
function dictionaryOf(levels: readonly string[], prefix: string | undefined): string[] {
  const known = new Set(levels.filter((level) => level !== '' && !level.includes('\0')));
  for (const level of levels)
    if (prefix !== undefined && level.startsWith(prefix) && level.length > prefix.length)
      known.add(level.slice(prefix.length));
  let never = '?';
  while (known.has(never) || (prefix !== undefined && known.has(prefix + never))) never += '?';
  return [...known, 'true', 'false', never];
}

/** Nothing and an empty text are missing; truths are read in any case where they are no level as they are written. */
function placeSql(text: string, dictionary: readonly string[]): string {
  const own = dictionary.slice(0, -3);
  const list = `[${own.map(quoted).join(', ')}]::VARCHAR[]`;
  const truth = `CASE lower(${text}) WHEN 'true' THEN ${own.length + 1} WHEN 'false' THEN ${own.length + 2} ELSE ${own.length + 3} END`;
  return `CASE WHEN ${text} <> '' THEN CAST(coalesce(nullif(list_position(${list}, ${text}), 0), ${truth}) - 1 AS DOUBLE) END`;
}
