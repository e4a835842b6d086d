import type { Json, JsonObject } from '../json64.ts';
import { isObject } from '../shape.ts';
import { type CastType, cast, type Expression, text, type Wide } from './expression.ts';
import { castTypes } from './grammar.ts';
import { filterFault } from './issue.ts';

type Integer = number | bigint;

const isInteger = (json: Json | undefined): json is Integer =>
  typeof json === 'bigint' || Number.isSafeInteger(json);

const isWide = (json: Json | undefined): json is Json & Wide =>
  isObject(json) && Object.keys(json).length === 2 && isInteger(json.upper) && isInteger(json.lower);

type Leaf = Extract<Expression, { class: 'CONSTANT' }>['constant'];
type Read = (value: Json | undefined, type: JsonObject) => Leaf | undefined;

const integerOf =
  (id: 'INTEGER' | 'BIGINT'): Read =>
  (value) =>
    isInteger(value) ? { id, value } : undefined;

/** Every type of constant that the engine's parser makes, but for those that are written as texts. */
const constants: Record<string, Read> = {
  INTEGER: integerOf('INTEGER'),
  BIGINT: integerOf('BIGINT'),
  HUGEINT: (value) => (isWide(value) ? { id: 'HUGEINT', value } : undefined),
  DECIMAL: (value, { type_info }) => {
    const digits = decimalDigits(type_info);
    return digits && (isInteger(value) || isWide(value)) ? { id: 'DECIMAL', ...digits, value } : undefined;
  },
};

/** A constant of the engine's tree: its type and its value. */
export function readConstant(json: Json | undefined, at?: number): Expression {
  const { type, is_null, value } = isObject(json) ? json : {};
  const known = isObject(type) ? type : {};
  const special =
    is_null === false && known.type_info === null ? textOf(String(known.id), value, at) : undefined;
  const constant = is_null === true ? nullOf(known) : constantOf(known, value);
  if (special) return special;
  if (!constant) throw filterFault('a constant of this type is not allowed', at);
  return { class: 'CONSTANT', of: [], constant, at };
}

const nullOf = ({ id }: JsonObject): Leaf | undefined => (id === 'NULL' ? { id } : undefined);

function constantOf(type: JsonObject, value: Json | undefined): Leaf | undefined {
  const id = String(type.id);
  const plain = id === 'DECIMAL' || type.type_info === null;
  return plain && Object.hasOwn(constants, id) ? constants[id]?.(value, type) : undefined;
}

function textOf(id: string, value: Json | undefined, at?: number): Expression | undefined {
  if (id === 'VARCHAR' && typeof value === 'string') return textConstant(value, at);
  // The engine itself makes `true` a text and a cast, but in IS TRUE: one form is enough.
  if (id === 'BOOLEAN' && typeof value === 'boolean') return cast({ id }, text(value ? 't' : 'f', at), at);
  if (id !== 'DOUBLE' || (typeof value !== 'number' && typeof value !== 'bigint')) return undefined;
  // The engine tells doubles from integers by the spelling, which JSON numbers lose: as text it stays exact.
  return cast({ id }, text(Object.is(value, -0) ? '-0' : String(value), at), at);
}

function textConstant(value: string, at?: number): Expression {
  if (value.includes('\0')) throw filterFault('the filter holds a NUL', at);
  return text(value, at);
}

function decimalDigits(info: Json | undefined): { width: number; scale: number } | undefined {
  if (
    !isObject(info) ||
    info.type !== 'DECIMAL_TYPE_INFO' ||
    info.alias !== '' ||
    info.extension_info !== null
  )
    return undefined;
  const { width, scale } = info;
  const within = typeof width === 'number' && typeof scale === 'number' && width <= 38 && scale <= width;
  return within && width > 0 && scale >= 0 ? { width, scale } : undefined;
}

/** The type that a cast makes. */
export function readCastType(json: Json | undefined, at?: number): CastType {
  const type: JsonObject = isObject(json) ? json : {};
  const id = String(type.id);
  if (castTypes.includes(id) && type.type_info === null) return { id };
  const digits = id === 'DECIMAL' ? decimalDigits(type.type_info) : undefined;
  if (!digits) throw filterFault('a cast to this type is not allowed', at);
  return { id, ...digits };
}
