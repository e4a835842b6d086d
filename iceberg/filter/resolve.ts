import type { Field, PrimitiveType } from '../model.ts';
import { columnName } from '../sqlText.ts';
import { call, cast, column, type Expression, integer, mapLeaves, text } from './expression.ts';
import { clockWords } from './grammar.ts';
import { filterFault } from './issue.ts';

/** What the names of a filter stand for. */
export interface Scope {
  fields: readonly Field[];
  /** The scheduled time of the run, microseconds since 1970 in UTC. */
  slot: bigint;
}

/** A column that the engine can read. */
export type FilterField = Field & { type: PrimitiveType };

/** A filter over the engine's own names, and the columns it reads, each once. */
export interface Resolved {
  expression: Expression;
  fields: FilterField[];
}

/** Names columns by their field ids and puts the scheduled time in the place of the clock; throws a `FilterFault`. */
export function resolve(expression: Expression, scope: Scope): Resolved {
  const used = new Map<number, FilterField>();
  const resolved = mapLeaves(expression, (leaf) => {
    if (leaf.class === 'FUNCTION') return clockOf(leaf.name, scope.slot, leaf.at) ?? leaf;
    if (leaf.class !== 'COLUMN_REF') return leaf;
    const field = fieldOf(leaf.name, scope.fields, leaf.at);
    if (!field) return wordOf(leaf.name, scope.slot, leaf.at);
    used.set(field.id, field);
    return column(columnName(field.id), leaf.at);
  });
  return { expression: resolved, fields: [...used.values()] };
}

function fieldOf(name: string, fields: readonly Field[], at?: number): FilterField | undefined {
  const alike = fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());
  const [field, other] = alike.some((one) => one.name === name)
    ? alike.filter((one) => one.name === name)
    : alike;
  if (other) throw filterFault('several columns have this name but for upper and lower case', at);
  return field && readable(field, at);
}

function readable(field: Field, at?: number): FilterField {
  const { type } = field;
  if (type.type === 'other' || type.type === 'timestamptz_ns')
    throw filterFault('a column of this type cannot be used in a filter', at);
  return { ...field, type };
}

function wordOf(name: string, slot: bigint, at?: number): Expression {
  const word = name.toLowerCase();
  const clock = Object.hasOwn(clockWords, word) ? clockOf(clockWords[word], slot, at) : undefined;
  if (!clock) throw filterFault('the source table has no column of this name', at);
  return clock;
}

/** The scheduled time as a constant. */
function clockOf(name: string | undefined, slot: bigint, at?: number): Expression | undefined {
  const iso = new Date(Number(slot / 1000n)).toISOString();
  const micros = String(slot % 1000n).padStart(3, '0');
  if (name === 'now')
    return cast({ id: 'TIMESTAMP WITH TIME ZONE' }, text(iso.replace('Z', `${micros}+00`), at), at);
  return name === 'today' ? cast({ id: 'DATE' }, text(iso.slice(0, 10), at), at) : undefined;
}

/**
 * Hides columns of floating numbers from the engine's pruning, which believes Parquet bounds that know nothing of NaN
 * (duckdb/duckdb#25521). Taking away 0 leaves every value as it is, -0 too, which adding 0 would not.
 */
export function hideFloats(expression: Expression, fields: readonly FilterField[]): Expression {
  const floats = fields.filter(({ type }) => type.type === 'float' || type.type === 'double');
  const names = new Set(floats.map(({ id }) => columnName(id)));
  return mapLeaves(expression, (leaf) =>
    leaf.class === 'COLUMN_REF' && names.has(leaf.name) ? call('-', [leaf, integer(0)], leaf.at) : leaf,
  );
}
