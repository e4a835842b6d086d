import type { PrimitiveType } from '../model.ts';
import { columnName } from '../sqlText.ts';
import {
  type CastType,
  call,
  cast,
  column,
  compare,
  type Expression,
  integer,
  nodesOf,
} from './expression.ts';
import type { FilterField } from './resolve.ts';

/** The engine's type of an expression without columns, where it was asked for. */
export type TypeOf = (constant: Expression) => string | undefined;

/** `null` stands for true: nothing can be left out. */
type Bound = Expression | null;

/**
 * A resolved filter (before floats are hidden) as a condition over bounds: true or NULL wherever some row within them may
 * pass. Names are `lo_c<id>`, `hi_c<id>`, `nulls_c<id>` and `n` (rows); null where every file has to be read.
 */
export function pruningOf(expression: Expression, fields: readonly FilterField[], typeOf: TypeOf): Bound {
  const columns = new Map(fields.map((field) => [columnName(field.id), field]));
  const over = (one: Expression): Bound => rewrite(one, columns, typeOf);
  if (expression.class !== 'CONJUNCTION') return over(expression);
  const parts = expression.of.map((one) => pruningOf(one, fields, typeOf));
  const known = parts.filter((one) => one !== null);
  const all = expression.type === 'CONJUNCTION_AND' ? known.length > 0 : known.length === parts.length;
  if (!all) return null;
  return known.length === 1 ? (known[0] ?? null) : { ...expression, of: known };
}

type Columns = ReadonlyMap<string, FilterField>;

function rewrite(one: Expression, columns: Columns, typeOf: TypeOf): Bound {
  if (one.class === 'COMPARISON') return comparison(one.type, one.of, columns, typeOf);
  if (one.class === 'BETWEEN') return within(one.of, columns, typeOf);
  if (one.class !== 'OPERATOR') return null;
  return one.type === 'COMPARE_IN' ? among(one.of, columns, typeOf) : nullness(one.type, one.of, columns);
}

const above = (field: FilterField, type: string, constant: Expression): Expression =>
  unlessUnknown(compare(type, column(`hi_${columnName(field.id)}`), constant));
const below = (field: FilterField, type: string, constant: Expression): Expression =>
  unlessUnknown(compare(type, column(`lo_${columnName(field.id)}`), constant));

/** What the bounds do not decide, or cannot be compared with, is kept. */
const unlessUnknown = (condition: Expression): Expression => ({
  class: 'OPERATOR',
  type: 'OPERATOR_COALESCE',
  of: [{ class: 'OPERATOR', type: 'OPERATOR_TRY', of: [condition] }, yes],
});

const yes: Expression = { class: 'CONSTANT', of: [], constant: { id: 'BOOLEAN', value: true } };
const [least, most] = ['COMPARE_GREATERTHANOREQUALTO', 'COMPARE_LESSTHANOREQUALTO'];

const mirrored: Record<string, string> = {
  COMPARE_GREATERTHAN: 'COMPARE_LESSTHAN',
  COMPARE_LESSTHAN: 'COMPARE_GREATERTHAN',
  COMPARE_GREATERTHANOREQUALTO: 'COMPARE_LESSTHANOREQUALTO',
  COMPARE_LESSTHANOREQUALTO: 'COMPARE_GREATERTHANOREQUALTO',
  COMPARE_EQUAL: 'COMPARE_EQUAL',
};

function comparison(type: string, of: readonly Expression[], columns: Columns, typeOf: TypeOf): Bound {
  const [left, right] = of;
  const flipped = mirrored[type];
  if (!left || !right || !flipped) return null;
  const [subject, constant, sign] = columnOf(left, columns) ? [left, right, type] : [right, left, flipped];
  const field = columnOf(subject, columns);
  if (!field || !comparable(field, [constant], typeOf)) return null;
  if (sign === 'COMPARE_EQUAL') return both(above(field, least, constant), below(field, most, constant));
  return sign.startsWith('COMPARE_GREATER') ? above(field, sign, constant) : below(field, sign, constant);
}

const both = (...of: Expression[]): Expression => ({ class: 'CONJUNCTION', type: 'CONJUNCTION_AND', of });

function within([input, lower, upper]: readonly Expression[], columns: Columns, typeOf: TypeOf): Bound {
  const field = input && columnOf(input, columns);
  if (!field || !lower || !upper || !comparable(field, [lower, upper], typeOf)) return null;
  return both(above(field, least, lower), below(field, most, upper));
}

/** Texts among the items are of the column's type before the least and the greatest of them is known. */
function among([input, ...items]: readonly Expression[], columns: Columns, typeOf: TypeOf): Bound {
  const field = input && columnOf(input, columns);
  if (!field || !comparable(field, items, typeOf)) return null;
  const to = field.type.type === 'string' ? undefined : castOf(field.type);
  const typed = items.map((item) => (to && isText(item) ? cast(to, item) : item));
  return both(above(field, least, call('least', typed)), below(field, most, call('greatest', typed)));
}

function nullness(type: string, [input]: readonly Expression[], columns: Columns): Bound {
  const field = input && columnOf(input, columns);
  if (!field) return null;
  const nulls = column(`nulls_${columnName(field.id)}`);
  if (type === 'OPERATOR_IS_NULL') return unlessUnknown(compare('COMPARE_GREATERTHAN', nulls, integer(0)));
  return type === 'OPERATOR_IS_NOT_NULL'
    ? unlessUnknown(compare('COMPARE_LESSTHAN', nulls, column('n')))
    : null;
}

const columnOf = (one: Expression, columns: Columns): FilterField | undefined =>
  one.class === 'COLUMN_REF' ? columns.get(one.name) : undefined;

/** Without columns: the same for every row. */
export const isConstant = (one: Expression): boolean =>
  nodesOf(one).every((node) => node.class !== 'COLUMN_REF');

/** The engine makes a text beside a column a value of that column's type. */
const isText = (one: Expression): boolean => one.class === 'CONSTANT' && one.constant.id === 'VARCHAR';

const numbers = /^(?:U?(?:TINYINT|SMALLINT|INTEGER|BIGINT)|HUGEINT|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/;
const times = /^(?:DATE|TIMESTAMP(?:_NS| WITH TIME ZONE)?)$/;

/** With which types of constants a column is compared in the order of its bounds. */
const orders: Partial<Record<PrimitiveType['type'], RegExp>> = {
  int: numbers,
  long: numbers,
  float: numbers,
  double: numbers,
  decimal: numbers,
  date: times,
  timestamp: times,
  timestamptz: times,
  timestamp_ns: times,
  time: /^TIME$/,
  string: /^VARCHAR$/,
  boolean: /^BOOLEAN$/,
};

/**
 * A cast of column or constant must keep the order of the bounds. Texts beside constants of other types may become any of
 * them, unless all of these are of the column's own.
 */
function comparable({ type }: FilterField, constants: readonly Expression[], typeOf: TypeOf): boolean {
  const order = orders[type.type];
  if (!order || !constants.every(isConstant)) return false;
  if (type.type === 'string') return constants.every((one) => order.test(typeOf(one) ?? ''));
  const others = constants.filter((one) => !isText(one));
  const own = others.length < constants.length;
  return others.every((one) => (own ? typeOf(one) === castOf(type)?.id : order.test(typeOf(one) ?? '')));
}

const castNames: Partial<Record<PrimitiveType['type'], string>> = {
  int: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  timestamp_ns: 'TIMESTAMP_NS',
  boolean: 'BOOLEAN',
};

function castOf(type: PrimitiveType): CastType | undefined {
  if (type.type === 'decimal') return { id: 'DECIMAL', width: type.precision, scale: type.scale };
  const id = castNames[type.type];
  return id ? { id } : undefined;
}
