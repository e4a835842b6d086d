import { type JsonInput, type JsonMembers, type JsonObject, printJson } from '../json64.ts';
import type { Engine } from '../ports.ts';
import { isObject } from '../shape.ts';
import type { CastType, Constant, Expression } from './expression.ts';

/** The engine's words for "nowhere in the text". */
const nowhere = 2n ** 64n - 1n;

const node = (className: string, type: string, more: JsonMembers): JsonMembers => ({
  class: className,
  type,
  alias: '',
  query_location: nowhere,
  ...more,
});

/** An expression as the engine's tree. */
function expressionTree(expression: Expression): JsonMembers {
  const of = expression.of.map(expressionTree);
  switch (expression.class) {
    case 'CONJUNCTION':
    case 'OPERATOR':
      return node(expression.class, expression.type, { children: of });
    case 'COMPARISON':
      return node('COMPARISON', expression.type, { left: of[0], right: of[1] });
    case 'BETWEEN':
      return node('BETWEEN', expression.type, { input: of[0], lower: of[1], upper: of[2] });
    case 'CASE':
      return node('CASE', 'CASE_EXPR', { case_checks: checksOf(of), else_expr: of.at(-1) });
    case 'CAST':
      return node('CAST', 'OPERATOR_CAST', {
        child: of[0],
        cast_type: typeOf(expression.to),
        try_cast: expression.attempt,
      });
    case 'FUNCTION':
      return node('FUNCTION', 'FUNCTION', callOf(expression, of));
    case 'COLUMN_REF':
      return node('COLUMN_REF', 'COLUMN_REF', { column_names: [expression.name] });
    case 'CONSTANT':
      return node('CONSTANT', 'VALUE_CONSTANT', { value: constantOf(expression.constant) });
  }
}

const checksOf = (of: readonly JsonInput[]) =>
  of.slice(0, -1).flatMap((when, i) => (i % 2 === 0 ? [{ when_expr: when, then_expr: of[i + 1] }] : []));

const callOf = ({ name, operator }: { name: string; operator: boolean }, of: readonly JsonInput[]) => ({
  function_name: name,
  schema: '',
  children: of,
  filter: null,
  order_bys: { type: 'ORDER_MODIFIER', orders: [] },
  distinct: false,
  is_operator: operator,
  export_state: false,
  catalog: '',
});

function typeOf({ id, width, scale }: CastType): JsonMembers {
  const digits = { type: 'DECIMAL_TYPE_INFO', alias: '', extension_info: null, width, scale };
  return { id, type_info: width === undefined ? null : digits };
}

function constantOf(constant: Constant): JsonMembers {
  if (constant.id === 'NULL') return { type: typeOf({ id: 'NULL' }), is_null: true };
  const type = constant.id === 'DECIMAL' ? constant : { id: constant.id };
  const { value } = constant;
  return { type: typeOf(type), is_null: false, value: typeof value === 'object' ? { ...value } : value };
}

/** The engine's text of an expression; `frame` is the tree of a statement whose condition it takes the place of. */
export async function printExpression(
  engine: Engine,
  expression: Expression,
  frame: JsonObject,
): Promise<string> {
  const { text } = await printed(engine, expression, frame, 'NULL');
  return text;
}

/** The same, and the engine's tree of that text, as JSON. */
export const printAndParse = (engine: Engine, expression: Expression, frame: JsonObject) =>
  printed(engine, expression, frame, 'json_serialize_sql(text)');

/** Before the condition of every text that the engine prints and parses here. */
export const prefix = 'SELECT 1 FROM t WHERE ';

async function printed(
  engine: Engine,
  expression: Expression,
  frame: JsonObject,
  parse: string,
): Promise<{ text: string; tree: unknown }> {
  const [statement] = Array.isArray(frame.statements) ? frame.statements : [];
  const { node: select } = isObject(statement) ? statement : {};
  if (!isObject(statement) || !isObject(select)) throw new Error('The frame of a statement has another form');
  const node = { ...select, where_clause: expressionTree(expression) };
  const tree = { ...frame, statements: [{ ...statement, node }] };
  const sql = `SELECT text, ${parse} AS tree FROM (SELECT json_deserialize_sql($1::JSON) AS text)`;
  const [row] = await engine.query(sql, [printJson(tree)]);
  const text = String(row?.text);
  if (!text.startsWith(prefix)) throw new Error('The engine printed a statement in another form');
  return { text: text.slice(prefix.length), tree: row?.tree };
}

/** Whether two expressions are the same, wherever they were written. */
export const isSame = (a: Expression, b: Expression): boolean =>
  printJson(expressionTree(a)) === printJson(expressionTree(b));
