import type { Json, JsonObject } from '../json64.ts';
import { isObject } from '../shape.ts';
import { readCastType, readConstant } from './constants.ts';
import type { Expression } from './expression.ts';
import { clocks, comparisons, conjunctions, functions, limits, operators, signs } from './grammar.ts';
import { filterFault } from './issue.ts';
import { checkPattern } from './patterns.ts';

type PositionOf = (location: Json) => number | undefined;

interface Walk {
  position: PositionOf;
  depth: number;
  nodes: number;
}

/** What each class of node has besides `class`, `type`, `alias` and `query_location`, and how it is read. */
interface Kind {
  types: readonly string[];
  keys: readonly string[];
  read: (node: JsonObject, walk: Walk, depth: number, at: number | undefined) => Expression;
}

const common = ['class', 'type', 'alias', 'query_location'];
const callKeys = ['filter', 'order_bys', 'distinct', 'is_operator', 'export_state', 'catalog'];

const kinds: Record<string, Kind> = {
  CONJUNCTION: { types: conjunctions, keys: ['children'], read: plain('CONJUNCTION', ['children']) },
  COMPARISON: { types: comparisons, keys: ['left', 'right'], read: plain('COMPARISON', ['left', 'right']) },
  BETWEEN: {
    types: ['COMPARE_BETWEEN'],
    keys: ['input', 'lower', 'upper'],
    read: plain('BETWEEN', ['input', 'lower', 'upper']),
  },
  OPERATOR: { types: operators, keys: ['children'], read: plain('OPERATOR', ['children']) },
  CASE: { types: ['CASE_EXPR'], keys: ['case_checks', 'else_expr'], read: readCase },
  CAST: {
    types: ['OPERATOR_CAST'],
    keys: ['child', 'cast_type', 'try_cast'],
    read: (node, walk, depth, at) => ({
      class: 'CAST',
      of: operands([node.child], walk, depth, at),
      to: readCastType(node.cast_type, at),
      attempt: node.try_cast === true,
      at,
    }),
  },
  CONSTANT: {
    types: ['VALUE_CONSTANT'],
    keys: ['value'],
    read: (node, _walk, _depth, at) => readConstant(node.value, at),
  },
  COLUMN_REF: { types: ['COLUMN_REF'], keys: ['column_names'], read: readColumn },
  FUNCTION: {
    types: ['FUNCTION'],
    keys: ['function_name', 'schema', 'children', ...callKeys],
    read: readCall,
  },
};

/** Words for what people try and a filter does not have. */
const strangers: Record<string, string> = {
  SUBQUERY: 'a filter has no subqueries',
  WINDOW: 'a filter has no window functions',
  LAMBDA: 'a filter has no lambdas',
  STAR: 'a filter has no stars',
  PARAMETER: 'a filter has no parameters',
  COLLATE: 'a filter has no collations',
};

/**
 * The engine's tree as an expression; whatever is not in the grammar is a `FilterFault`. `position` makes a character of
 * the engine's location.
 */
export function readExpression(
  where: JsonObject,
  position: PositionOf,
  depth: number = limits.depth,
): Expression {
  return read(where, { position, depth, nodes: 0 }, 1);
}

function read(node: Json | undefined, walk: Walk, depth: number, near?: number): Expression {
  if (!isObject(node)) throw filterFault('a part of the filter is not known', near);
  const at = walk.position(node.query_location ?? null) ?? near;
  if (depth > walk.depth) throw filterFault(`the filter is nested more than ${limits.depth} deep`, at);
  if (++walk.nodes > limits.nodes) throw filterFault(`the filter has more than ${limits.nodes} parts`, at);
  return kindOf(node, at).read(node, walk, depth, at);
}

/** Exactly the keys that are known: what a later version adds is refused until somebody has looked at it. */
function kindOf(node: JsonObject, at: number | undefined): Kind {
  const name = String(node.class);
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (!kind) throw filterFault(strangers[name] ?? 'this kind of expression is not allowed', at);
  if (!kind.types.includes(String(node.type))) throw filterFault('this operator is not allowed', at);
  if (node.alias !== '' || !sameKeys(node, [...common, ...kind.keys]))
    throw filterFault('this form of expression is not allowed', at);
  return kind;
}

const sameKeys = (node: JsonObject, keys: readonly string[]) =>
  Object.keys(node).length === keys.length && keys.every((key) => Object.hasOwn(node, key));

function operands(all: (Json | undefined)[], walk: Walk, depth: number, at?: number): Expression[] {
  return all.map((one) => read(one, walk, depth + 1, at));
}

function listOf(json: Json | undefined, at?: number): Json[] {
  if (!Array.isArray(json)) throw filterFault('a part of the filter is not known', at);
  if (json.length > limits.items) throw filterFault(`a list has more than ${limits.items} items`, at);
  return json;
}

/** A node whose operands are all there is to it: under one key a list of them, else one under each key. */
function plain(
  className: 'CONJUNCTION' | 'COMPARISON' | 'BETWEEN' | 'OPERATOR',
  keys: string[],
): Kind['read'] {
  const [only = ''] = keys;
  const inList = only === 'children';
  return (node, walk, depth, at) => {
    const given = inList ? listOf(node[only], at) : keys.map((key) => node[key]);
    const type = String(node.type);
    // A conjunction or an IN of many is one level, however long it is.
    return { class: className, type, of: operands(given, walk, depth, at), at };
  };
}

function readCase(node: JsonObject, walk: Walk, depth: number, at?: number): Expression {
  const checks = listOf(node.case_checks, at).flatMap((check) => {
    if (!isObject(check) || !sameKeys(check, ['when_expr', 'then_expr']))
      throw filterFault('this form of CASE is not allowed', at);
    return [check.when_expr, check.then_expr];
  });
  return { class: 'CASE', of: operands([...checks, node.else_expr], walk, depth, at), at };
}

function readColumn(node: JsonObject, _walk: Walk, _depth: number, at?: number): Expression {
  const [name, ...more] = listOf(node.column_names, at);
  if (typeof name !== 'string' || more.length > 0)
    throw filterFault('a column is named by its name alone, in double quotes if it holds a dot', at);
  return { class: 'COLUMN_REF', of: [], name, at };
}

function readCall(node: JsonObject, walk: Walk, depth: number, at?: number): Expression {
  const name = String(node.function_name);
  const operator = signs.has(name);
  const known = operator || functions.has(name) || clocks.has(name);
  if (!known || node.catalog !== '' || (node.schema !== '' && node.schema !== 'main'))
    throw filterFault(`the function ${named(name)} is not allowed`, at);
  const { orders } = isObject(node.order_bys) ? node.order_bys : {};
  const bare =
    Array.isArray(orders) && orders.length === 0 && node.filter === null && node.distinct === false;
  if (!bare || node.export_state !== false || node.is_operator !== operator)
    throw filterFault('this form of call is not allowed', at);
  const of = operands(listOf(node.children, at), walk, depth, at);
  if (clocks.has(name) && of.length > 0) throw filterFault(`${name}() takes no arguments`, at);
  checkPattern(name, of, at);
  return { class: 'FUNCTION', of, name, operator, at };
}

/** A name as it was written, unless it could be anything. */
const named = (name: string) => (/^[!-~]{1,64}$/.test(name) ? `"${name}"` : 'of this name');
