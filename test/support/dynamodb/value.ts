import { invalid } from './errors.ts';
import { canonicalNumber, compareNumbers, numberBytes } from './number.ts';
import type { Item, Value } from './types.ts';

export type Tag = 'S' | 'N' | 'B' | 'SS' | 'NS' | 'BS' | 'M' | 'L' | 'NULL' | 'BOOL';
const tags = new Set<string>(['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL']);

export function tag(value: Value): Tag {
  for (const name in value)
    if (tags.has(name) && value[name as keyof Value] !== undefined) return name as Tag;
  throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

export const isSet = (type: Tag): boolean => type === 'SS' || type === 'NS' || type === 'BS';
export const members = (value: Value): (string | Uint8Array)[] => value.SS ?? value.NS ?? value.BS ?? [];
export const asSet = (type: Tag, list: (string | Uint8Array)[]): Value =>
  ({ [type]: list }) as unknown as Value;

const same = (a: string | Uint8Array, b: string | Uint8Array): boolean =>
  a === b || (typeof a !== 'string' && typeof b !== 'string' && Buffer.compare(a, b) === 0);
export const includes = (list: (string | Uint8Array)[], one: string | Uint8Array): boolean =>
  list.some((other) => same(other, one));

function checkedSet(value: Value, type: Tag): Value {
  const list = members(value).map((one) => (type === 'NS' ? canonicalNumber(one as string) : one));
  if (list.length === 0) throw invalid('One or more parameter values were invalid: An set may not be empty');
  const repeated = list.some((one, at) => includes(list.slice(at + 1), one));
  if (repeated)
    throw invalid('One or more parameter values were invalid: Input collection contains duplicates');
  return asSet(type, list);
}

/** A copy of our own, as the service would give it back: numbers canonical, sets checked, depth bounded. */
export function checked(value: Value, depth = 0): Value {
  if (depth > 32) throw invalid('Nesting Levels have exceeded supported limits');
  const type = tag(value);
  if (Object.keys(value).length > 1) throw invalid('Supplied AttributeValue has more than one datatypes set');
  switch (type) {
    case 'S':
      return { S: value.S as string };
    case 'N':
      return { N: canonicalNumber(value.N as string) };
    case 'M':
      return { M: checkedItem(value.M as Item, depth + 1) };
    case 'L':
      return { L: (value.L as Value[]).map((one) => checked(one, depth + 1)) };
    case 'SS':
    case 'NS':
    case 'BS':
      return checkedSet(value, type);
    default:
      return { ...value };
  }
}

export function checkedItem(item: Item, depth = 0): Item {
  const out: Item = {};
  for (const name in item) if (item[name] !== undefined) out[name] = checked(item[name], depth);
  return out;
}

/** Stored values are never changed in place, but a caller may change what it was given. */
function copied(value: Value): Value {
  if (value.M) return { M: copiedItem(value.M) };
  if (value.L) return { L: value.L.map(copied) };
  if (value.SS || value.NS || value.BS) return asSet(tag(value), [...members(value)]);
  return { ...value };
}

export function copiedItem(item: Item): Item {
  const out: Item = {};
  for (const name in item) out[name] = copied(item[name] as Value);
  return out;
}

/** UTF-8 order: as UTF-16 units, but for the surrogates, which come after U+E000–U+FFFF. */
function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    if (a >= 0xd800 && b >= 0xd800) return (a < 0xe000 ? a + 0x10000 : a) - (b < 0xe000 ? b + 0x10000 : b);
    return a - b;
  }
  return left.length - right.length;
}

/** Less, equal, greater; undefined where the service does not order the two. */
export function compare(left: Value, right: Value): number | undefined {
  if (left.S !== undefined && right.S !== undefined) return compareText(left.S, right.S);
  if (left.N !== undefined && right.N !== undefined) return compareNumbers(left.N, right.N);
  if (left.B !== undefined && right.B !== undefined) return Buffer.compare(left.B, right.B);
  return undefined;
}

function equalItems(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => right[name] !== undefined && equal(left[name] as Value, right[name]));
}

export function equal(left: Value, right: Value): boolean {
  const type = tag(left);
  if (type !== tag(right)) return false;
  if (type === 'M') return equalItems(left.M as Item, right.M as Item);
  if (type === 'L') {
    const others = right.L as Value[];
    return left.L?.length === others.length && left.L.every((one, at) => equal(one, others[at] as Value));
  }
  if (isSet(type)) {
    const others = members(right);
    return members(left).length === others.length && members(left).every((one) => includes(others, one));
  }
  if (type === 'NULL') return true;
  if (type === 'BOOL') return left.BOOL === right.BOOL;
  return compare(left, right) === 0;
}

function memberBytes(type: Tag, one: string | Uint8Array): number {
  if (type === 'NS') return numberBytes(one as string);
  return typeof one === 'string' ? Buffer.byteLength(one) : one.length;
}

/** The documented size of a value: UTF-8 text, packed numbers, 3 bytes for a list or map and 1 for each entry. */
function valueBytes(value: Value): number {
  const type = tag(value);
  if (type === 'S') return Buffer.byteLength(value.S as string);
  if (type === 'N') return numberBytes(value.N as string);
  if (type === 'B') return (value.B as Uint8Array).length;
  if (type === 'M') return 3 + Object.keys(value.M as Item).length + itemBytes(value.M as Item);
  if (type === 'L') return (value.L as Value[]).reduce((sum, one) => sum + 1 + valueBytes(one), 3);
  if (isSet(type)) return members(value).reduce((sum: number, one) => sum + memberBytes(type, one), 0);
  return 1;
}

export function itemBytes(item: Item): number {
  let sum = 0;
  for (const name in item) sum += Buffer.byteLength(name) + valueBytes(item[name] as Value);
  return sum;
}
