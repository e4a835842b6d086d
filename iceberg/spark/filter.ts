import { fault } from '../fault.ts';
import type { Constant, Expression } from '../filter/expression.ts';
import { sparkName, sparkText } from './literals.ts';

/** A filter, whose columns are named by field ids, as a condition for Spark; throws the fault `filter` for what Spark means otherwise. */
export const sparkFilter = (expression: Expression, nameOf: (column: string) => string): string =>
  print(expression, nameOf);

type Names = (column: string) => string;

/** What the two engines mean differently (division, rounding casts, cases of letters, patterns) is left to ours. */
const differs = (what: string) => fault('filter', `${what} of the filter means something else in Spark`);

function print(expression: Expression, names: Names): string {
  const of = expression.of.map((one) => print(one, names));
  switch (expression.class) {
    case 'COLUMN_REF':
      return sparkName(names(expression.name));
    case 'CONSTANT':
      return constant(expression.constant);
    case 'CONJUNCTION':
      return `(${of.join(expression.type === 'CONJUNCTION_AND' ? ' AND ' : ' OR ')})`;
    case 'COMPARISON':
      return comparison(expression.type, of);
    case 'BETWEEN':
      return `(${of[0]} BETWEEN ${of[1]} AND ${of[2]})`;
    case 'OPERATOR':
      return operator(expression.type, of);
    case 'CASE':
      return cases(of);
    case 'CAST':
      return castOf(expression, of[0] ?? '');
    case 'FUNCTION':
      return functionOf(expression.name, of);
  }
}

const signs: Record<string, string> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_GREATERTHAN: '>',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHANOREQUALTO: '>=',
  COMPARE_NOT_DISTINCT_FROM: '<=>',
};

function comparison(type: string, [left, right]: readonly string[]): string {
  if (type === 'COMPARE_DISTINCT_FROM') return `(NOT (${left} <=> ${right}))`;
  const sign = signs[type];
  if (!sign) throw differs('a comparison');
  return `(${left} ${sign} ${right})`;
}

function operator(type: string, of: readonly string[]): string {
  const [first, ...rest] = of;
  if (type === 'OPERATOR_NOT') return `(NOT ${first})`;
  if (type === 'OPERATOR_IS_NULL') return `(${first} IS NULL)`;
  if (type === 'OPERATOR_IS_NOT_NULL') return `(${first} IS NOT NULL)`;
  if (type === 'OPERATOR_COALESCE') return `coalesce(${of.join(', ')})`;
  if (type === 'COMPARE_IN') return `(${first} IN (${rest.join(', ')}))`;
  if (type === 'COMPARE_NOT_IN') return `(NOT (${first} IN (${rest.join(', ')})))`;
  throw differs('an operator');
}

function cases(of: readonly string[]): string {
  const pairs = of.slice(0, -1).flatMap((when, i) => (i % 2 === 0 ? [`WHEN ${when} THEN ${of[i + 1]}`] : []));
  return `(CASE ${pairs.join(' ')} ELSE ${of.at(-1)} END)`;
}

const types: Record<string, string> = {
  BOOLEAN: 'BOOLEAN',
  BIGINT: 'BIGINT',
  INTEGER: 'INT',
  DOUBLE: 'DOUBLE',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP_NTZ',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP',
};

/** Casts of texts that stand in the filter; a cast of a column may round, and rounds otherwise there. */
function castOf({ of, to, attempt }: Extract<Expression, { class: 'CAST' }>, printed: string): string {
  const [inner] = of;
  const type = to.id === 'DECIMAL' ? `DECIMAL(${to.width}, ${to.scale})` : types[to.id];
  const literal = inner?.class === 'CONSTANT' && inner.constant.id === 'VARCHAR';
  if (!type || !literal || attempt) throw differs('a cast');
  return `CAST(${printed} AS ${type})`;
}

/** By the engine's name; what is called by a sign there is written by it. */
const functions: Record<string, string> = {
  ...{ abs: 'abs', starts_with: 'startswith', ends_with: 'endswith', contains: 'contains' },
  ...{ nullif: 'nullif', ifnull: 'ifnull', year: 'year', month: 'month', day: 'day' },
};

function functionOf(name: string, of: readonly string[]): string {
  if (['+', '-', '*'].includes(name))
    return of.length === 1 ? `(${name}${of[0]})` : `(${of[0]} ${name} ${of[1]})`;
  // Its own function answers false about NULL.
  if (name === 'isnan') return `(${of[0]} = CAST('NaN' AS DOUBLE))`;
  if (!Object.hasOwn(functions, name)) throw differs('a function');
  return `${functions[name]}(${of.join(', ')})`;
}

function constant(value: Constant): string {
  switch (value.id) {
    case 'NULL':
      return 'NULL';
    case 'BOOLEAN':
      return String(value.value);
    case 'VARCHAR':
      return text(value.value);
    case 'INTEGER':
      return String(value.value);
    case 'BIGINT':
      return `${value.value}L`;
    case 'DECIMAL':
      return decimal(value);
    case 'HUGEINT':
      throw differs('a number');
  }
}

function decimal({ width, scale, value }: Extract<Constant, { id: 'DECIMAL' }>): string {
  if (typeof value === 'object') throw differs('a number');
  const negative = value < 0;
  const digits = String(negative ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const printed = `${negative ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
  return `CAST('${printed}' AS DECIMAL(${width}, ${scale}))`;
}

function text(value: string): string {
  if (value.includes('\0')) throw differs('a character');
  return sparkText(value);
}
