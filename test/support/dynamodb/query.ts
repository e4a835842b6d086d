import type { Condition } from './condition.grammar.ts';
import { holds, refuseBadOperands } from './condition.ts';
import { invalid } from './errors.ts';
import { refuseUnknown } from './fields.ts';
import { keyCondition, right } from './key.condition.ts';
import { parseCondition, parseProjection, type Scope, scope } from './parse.ts';
import { projection, seen } from './read.ts';
import { place, position, type Row, type Rows, rowsOf, textOf } from './rows.ts';
import type { State } from './state.ts';
import type { Input, Item, Value } from './types.ts';
import { count, readUnits } from './units.ts';
import { checkedItem, compare, copiedItem, equal, itemBytes } from './value.ts';

const megabyte = 1024 * 1024;

const parsed = <T>(text: string | undefined, parse: (text: string) => T): T | undefined =>
  text === undefined ? undefined : parse(text);

type Page = { items: Item[]; scanned: number; last: Item | undefined };

/** Until the limit, or until what was looked at is a megabyte; the filter comes after both. */
function page(
  state: State,
  input: Input,
  rows: Iterable<Row>,
  wanted: (item: Item) => boolean,
): Page & { size: number } {
  const consistent = input.ConsistentRead === true;
  const out: Page & { size: number } = { items: [], scanned: 0, last: undefined, size: 0 };
  for (const row of rows) {
    const item = seen(state, row, consistent, true);
    if (!item) continue;
    out.scanned++;
    out.size += itemBytes(item);
    if (wanted(item)) out.items.push(item);
    if (out.scanned !== input.Limit && out.size <= megabyte) continue;
    out.last = row.key;
    break;
  }
  return out;
}

function answered(
  state: State,
  command: 'Query' | 'Scan',
  input: Input,
  found: Page & { size: number },
): object {
  count(state.meter, command, { read: readUnits(found.size, input.ConsistentRead === true) });
  const show = projection(input);
  return {
    Count: found.items.length,
    ScannedCount: found.scanned,
    ...(input.Select === 'COUNT' ? {} : { Items: found.items.map(show) }),
    ...(found.last ? { LastEvaluatedKey: copiedItem(found.last) } : {}),
  };
}

function refusePaging(input: Input): void {
  if (input.Limit !== undefined && !(input.Limit >= 1))
    throw invalid('Limit must be greater than or equal to 1');
  const select = input.Select ?? 'ALL_ATTRIBUTES';
  if (!['COUNT', 'ALL_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES'].includes(select))
    throw invalid('Select is not known');
  const projects = input.ProjectionExpression !== undefined;
  if (input.Select !== undefined && projects !== (input.Select === 'SPECIFIC_ATTRIBUTES'))
    throw invalid('ProjectionExpression goes with SPECIFIC_ATTRIBUTES');
}

function filtering(input: Input, names: Scope, rows: Rows | undefined): (item: Item) => boolean {
  const filter = parsed(input.FilterExpression, parseCondition);
  if (!filter) return () => true;
  refuseBadOperands(filter.tree, names);
  const keys = new Set(rows?.keys.map(({ name }) => name));
  for (const word of (input.FilterExpression ?? '').match(/[#\w]+/g) ?? [])
    if (keys.has(names.names[word] ?? word))
      throw invalid('Filter Expression can only contain non-primary key attributes');
  return (item) => holds(filter.tree, item, names);
}

export function query(state: State, input: Input): object {
  refuseUnknown('Query', input);
  refusePaging(input);
  const rows = rowsOf(state.tables, input.TableName);
  const key = parsed(input.KeyConditionExpression, parseCondition);
  const names = scope(input, [
    key,
    parsed(input.FilterExpression, parseCondition),
    parsed(input.ProjectionExpression, parseProjection),
  ]);
  if (key) refuseBadOperands(key.tree, names);
  const { partition, sort } = keyCondition(rows, key?.tree, names);
  const wanted = filtering(input, names, rows);
  const inside = rows.partitions.get(textOf(partition))?.rows ?? [];
  const backwards = input.ScanIndexForward === false;
  const [from, to] = stretch(inside, sort, names);
  const bounds = after(rows, inside, input.ExclusiveStartKey, partition, backwards);
  const rest = walk(inside, Math.max(from, bounds[0]), Math.min(to, bounds[1]), backwards);
  return answered(state, 'Query', input, page(state, input, rest, wanted));
}

function* walk(rows: readonly Row[], from: number, to: number, backwards: boolean): Generator<Row> {
  for (let at = 0; at < to - from; at++) yield rows[backwards ? to - 1 - at : from + at] as Row;
}

/** The first row from there on that fails the test; those that pass stand together. */
function firstFailing(rows: readonly Row[], from: number, test: (row: Row) => boolean): number {
  let low = from;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(rows[middle] as Row)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows are in order, so those a condition on the sort key names are one stretch of them. */
function stretch(rows: readonly Row[], sort: Condition | undefined, names: Scope): [number, number] {
  if (!sort) return [0, rows.length];
  const below = sort.is === 'compare' && sort.by.startsWith('<');
  const [lowest] = right(sort).map((one) => ('value' in one ? names.values[one.value] : undefined));
  let from = below ? 0 : position(rows, lowest);
  const test = (row: Row) => holds(sort, row.key, names);
  if (sort.is === 'compare' && sort.by === '>' && from < rows.length && !test(rows[from] as Row)) from++;
  return [from, firstFailing(rows, from, test)];
}

type Bounds = [number, number];

function after(
  rows: Rows,
  inside: readonly Row[],
  start: Item | undefined,
  partition: Value,
  backwards: boolean,
): Bounds {
  if (!start) return [0, inside.length];
  const { key } = place(rows, checkedItem(start), true);
  const [hash, range] = rows.keys;
  if (!equal(key[hash.name] as Value, partition))
    throw invalid('The provided starting key is outside query boundaries');
  if (!range) return [0, 0];
  const from = key[range.name] as Value;
  const at = position(inside, from);
  if (backwards) return [0, at];
  return [at + (inside[at] && equal(inside[at].sort as Value, from) ? 1 : 0), inside.length];
}

/** Partition by partition, in an order that only promises to stay. */
export function scan(state: State, input: Input): object {
  refuseUnknown('Scan', input);
  refusePaging(input);
  const rows = rowsOf(state.tables, input.TableName);
  const names = scope(input, [
    parsed(input.FilterExpression, parseCondition),
    parsed(input.ProjectionExpression, parseProjection),
  ]);
  const wanted = filtering(input, names, undefined);
  const start = input.ExclusiveStartKey && place(rows, checkedItem(input.ExclusiveStartKey), true);
  const rest = [...rows.partitions]
    .filter(([partition]) => !start || partition >= start.partition)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([partition, { rows: inside }]) => {
      if (!start || partition !== start.partition) return inside;
      const sort = rows.keys[1] && (start.key[rows.keys[1].name] as Value);
      return sort ? inside.filter((row) => (compare(row.sort as Value, sort) as number) > 0) : [];
    });
  return answered(state, 'Scan', input, page(state, input, rest, wanted));
}
