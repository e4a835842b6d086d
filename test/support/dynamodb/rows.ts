import { invalid, noSuchTable } from './errors.ts';
import type { Item, Value } from './types.ts';
import { compare, tag } from './value.ts';

export type KeyAttribute = { readonly name: string; readonly type: 'S' | 'N' | 'B' };

/** Whether the caller of a transaction still waits for its answer. */
export type Mark = { answered: boolean };

/** `before` is what stood there until the last write; `mark` is there when a transaction wrote last. */
export type Row = {
  readonly key: Item;
  readonly sort: Value | undefined;
  item: Item | undefined;
  before: Item | undefined;
  mark: Mark | undefined;
};
type Partition = { readonly rows: Row[]; readonly bySort: Map<string, Row> };
export type Rows = {
  readonly name: string;
  readonly keys: readonly [KeyAttribute, ...KeyAttribute[]];
  readonly partitions: Map<string, Partition>;
};

export type Place = {
  readonly rows: Rows;
  readonly key: Item;
  readonly partition: string;
  readonly sort: string;
};

/** `pk` is a string; `at:N` and `hash:B` are a number and bytes. */
export function keyAttribute(text: string): KeyAttribute {
  const [name = '', type = 'S'] = text.split(':');
  return { name, type: type as KeyAttribute['type'] };
}

export const emptyRows = (name: string, keys: readonly string[]): Rows => {
  const [hash, range] = keys.map(keyAttribute);
  if (!hash) throw new Error(`table ${name} has no key`);
  return { name, keys: range ? [hash, range] : [hash], partitions: new Map() };
};

export function rowsOf(tables: ReadonlyMap<string, Rows>, name: string | undefined): Rows {
  const rows = tables.get(name ?? '');
  if (!rows) throw noSuchTable();
  return rows;
}

export const textOf = (value: Value): string =>
  value.S ?? value.N ?? Buffer.from(value.B as Uint8Array).toString('latin1');

function keyPart({ name, type }: KeyAttribute, from: Item): Value {
  const value = from[name];
  if (value === undefined) throw invalid(`One of the required keys was not given a value: ${name}`);
  if (tag(value) !== type) throw invalid(`The provided key element does not match the schema: ${name}`);
  if (type !== 'N' && textOf(value) === '')
    throw invalid(`The AttributeValue for a key attribute cannot be empty: ${name}`);
  return value;
}

/** The place of an item, or of a key when nothing but the key may be there. */
export function place(rows: Rows, from: Item, onlyKey: boolean): Place {
  if (onlyKey && Object.keys(from).length !== rows.keys.length)
    throw invalid('The provided key element does not match the schema');
  const values = rows.keys.map((one) => keyPart(one, from));
  const [hash, range] = values as [Value, Value | undefined];
  const key = Object.fromEntries(rows.keys.map((one, at) => [one.name, values[at] as Value]));
  const [partition, sort] = [textOf(hash), range ? textOf(range) : ''];
  if (Buffer.byteLength(partition) > 2048 || Buffer.byteLength(sort) > 1024)
    throw invalid('One or more parameter values were invalid: a key is too long');
  return { rows, key, partition, sort };
}

export const find = ({ rows, partition, sort }: Place): Row | undefined =>
  rows.partitions.get(partition)?.bySort.get(sort);

/** Where the first row stands that does not come before this sort key. */
export function position(rows: readonly Row[], sort: Value | undefined): number {
  if (!sort) return 0;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((compare((rows[middle] as Row).sort as Value, sort) as number) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function row(at: Place): Row {
  const partition = at.rows.partitions.get(at.partition) ?? { rows: [], bySort: new Map() };
  at.rows.partitions.set(at.partition, partition);
  const found = partition.bySort.get(at.sort);
  if (found) return found;
  const range = at.rows.keys[1];
  const sort = range && at.key[range.name];
  const made: Row = { key: at.key, sort, item: undefined, before: undefined, mark: undefined };
  partition.rows.splice(position(partition.rows, sort), 0, made);
  partition.bySort.set(at.sort, made);
  return made;
}

function forget(at: Place, one: Row): void {
  const partition = at.rows.partitions.get(at.partition) as Partition;
  partition.rows.splice(partition.rows.indexOf(one), 1);
  partition.bySort.delete(at.sort);
  if (partition.rows.length === 0) at.rows.partitions.delete(at.partition);
}

/** A deleted row stays, empty, where somebody may still be shown what it held. */
export function write(at: Place, item: Item | undefined, remember: boolean, mark?: Mark): void {
  const one = row(at);
  one.mark = mark;
  one.before = one.item;
  one.item = item;
  if (item === undefined && !remember) forget(at, one);
}

export const isUnanswered = (row: Row | undefined): boolean => row?.mark?.answered === false;
