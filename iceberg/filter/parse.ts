import { isFault } from '../fault.ts';
import { type Json, type JsonObject, parseJson, printJson } from '../json64.ts';
import type { Engine } from '../ports.ts';
import { isObject } from '../shape.ts';
import type { Expression } from './expression.ts';
import { limits } from './grammar.ts';
import { charactersOf, filterFault } from './issue.ts';
import { isSame, prefix, printAndParse } from './print.ts';
import { readExpression } from './read.ts';
import { checkText } from './text.ts';

/** The text is a value here, never a statement. The end of the line ends whatever the text left open. */
const serialize = `SELECT json_serialize_sql($1::VARCHAR) AS tree, json_serialize_sql('${prefix}true') AS frame`;

/** A filter within the grammar, and the engine's tree of an empty statement around it. */
export interface Parsed {
  expression: Expression;
  frame: JsonObject;
}

/** The condition of a tree that stands in a statement exactly as the empty one, `frame`. */
function conditionOf(tree: JsonObject, frame: JsonObject): JsonObject {
  if (tree.error !== false) throw syntaxFault(tree);
  const { where, rest } = split(tree);
  // One statement, one SELECT, nothing before or after its WHERE.
  if (!where || printJson(rest) !== printJson(split(frame).rest))
    throw filterFault('the filter is more than one expression');
  return where;
}

function jsonOf(value: unknown): JsonObject {
  try {
    const json = parseJson(String(value));
    if (isObject(json)) return json;
  } catch (error) {
    // The engine writes infinite numbers, which JSON does not have.
    if (!isFault(error)) throw error;
  }
  throw filterFault('the filter holds a number that is too large');
}

function syntaxFault(tree: JsonObject): Error {
  const position = Number(tree.position ?? Number.NaN) - prefix.length + 1;
  const why = String(tree.error_message ?? '');
  const near = /^syntax error at (?:or near .{1,100}|end of input)$/s.exec(why)?.[0];
  const depth = why.startsWith('Max expression depth') ? 'the filter is nested too deeply' : undefined;
  return filterFault(
    near ?? depth ?? 'the filter is not one expression',
    position > 0 ? position : undefined,
  );
}

/** The condition of a tree, and the tree without it. */
function split(tree: JsonObject): { where?: JsonObject; rest: JsonObject } {
  const [statement, ...more] = Array.isArray(tree.statements) ? tree.statements : [];
  if (!isObject(statement) || !isObject(statement.node) || more.length > 0) return { rest: tree };
  const { where_clause, ...node } = statement.node;
  const where = isObject(where_clause) ? where_clause : undefined;
  return { where, rest: { ...tree, statements: [{ ...statement, node }] } };
}

/**
 * Checks a filter against the grammar, without a table: `column > 1` is within it whether there is such a column or not.
 * Throws a `FilterFault`.
 */
export async function parseFilter(engine: Engine, text: string): Promise<Parsed> {
  checkText(text);
  const [row] = await engine.query(serialize, [`${prefix}${text}\n`]);
  const frame = jsonOf(row?.frame);
  return { expression: readTree(jsonOf(row?.tree), frame, text, limits.depth), frame };
}

function readTree(tree: JsonObject, frame: JsonObject, text: string, depth: number): Expression {
  const characters = charactersOf(text);
  const position = (location: Json) => characters(Number(location) - prefix.length);
  return readExpression(conditionOf(tree, frame), position, depth);
}

/**
 * The text of an expression, and the expression as it is read from that text again: the text means what was checked only
 * if both are the same. `depth` is how deep it may be.
 */
export async function canonical(
  engine: Engine,
  expression: Expression,
  frame: JsonObject,
  depth: number,
): Promise<{ sql: string; again: Expression }> {
  const { text, tree } = await printAndParse(engine, expression, frame);
  const again = readTree(jsonOf(tree), frame, text, depth);
  if (!isSame(again, expression)) throw filterFault('the filter cannot be written in one way only');
  return { sql: text, again };
}
