import type { JsonObject } from '../json64.ts';
import type { Engine } from '../ports.ts';
import { bindFilter, typesOf } from './bind.ts';
import { type Expression, nodesOf } from './expression.ts';
import { limits } from './grammar.ts';
import { charactersOf } from './issue.ts';
import { canonical, parseFilter } from './parse.ts';
import { printExpression } from './print.ts';
import { isConstant, pruningOf } from './pruning.ts';
import { type FilterField, hideFloats, resolve, type Scope } from './resolve.ts';

/** A filter ready to run: plain JSON, frozen in the plan of a run. */
export interface CompiledFilter {
  /** The canonical text, over columns `c<field id>`; the only text that ever runs. */
  sql: string;
  /** The columns it reads. */
  fieldIds: number[];
  /** What `pruningBy` takes; `true` where every file has to be read. */
  pruning: string;
}

/**
 * Makes a filter of what somebody wrote: parsed, never pasted; every name resolved, the clock replaced by the scheduled
 * time, tried on the types of its columns. Throws a `FilterFault`.
 */
export async function compileFilter(engine: Engine, text: string, scope: Scope): Promise<CompiledFilter> {
  const { expression, frame } = await parseFilter(engine, text);
  const { expression: resolved, fields } = resolve(expression, scope);
  const final = hideFloats(resolved, fields);
  const { sql, again } = await canonical(engine, final, frame, limits.depth + deeper);
  await bindFilter(engine, sql, fields, positionsOf(sql, final, again));
  return {
    sql,
    fieldIds: fields.map(({ id }) => id),
    pruning: await pruningSql(engine, resolved, fields, frame),
  };
}

/** Hiding floats and spelling doubles as texts makes a filter deeper by two. */
const deeper = 2;

/** Both trees are of one form, so the n-th node of the text that runs is the n-th of what was written. */
function positionsOf(sql: string, written: Expression, printed: Expression) {
  const places = nodesOf(written).map(({ at }) => at);
  const byPlace = new Map(nodesOf(printed).map(({ at }, i) => [at, places[i]]));
  const characters = charactersOf(sql);
  return (byte: number): number | undefined => byPlace.get(characters(byte));
}

async function pruningSql(
  engine: Engine,
  resolved: Expression,
  fields: readonly FilterField[],
  frame: JsonObject,
): Promise<string> {
  const constants = constantsOf(resolved);
  const texts: string[] = [];
  for (const one of constants) texts.push(await printExpression(engine, one, frame));
  const types = await typesOf(engine, texts);
  const typeOf = new Map(constants.map((one, i) => [one, types[i]]));
  const pruning = pruningOf(resolved, fields, (one) => typeNames(one) ?? typeOf.get(one));
  return pruning ? printExpression(engine, pruning, frame) : 'true';
}

/** Types that need no question. */
function typeNames(one: Expression): string | undefined {
  if (one.class === 'CAST') return one.to.width === undefined ? one.to.id : decimal(one.to);
  if (one.class !== 'CONSTANT') return undefined;
  return one.constant.id === 'DECIMAL' ? decimal(one.constant) : one.constant.id;
}

const decimal = ({ width, scale }: { width?: number; scale?: number }) => `DECIMAL(${width},${scale})`;

/** Computed constants that something is compared with: their types have to be asked for. */
function constantsOf(expression: Expression): Expression[] {
  return nodesOf(expression)
    .filter((one) => ['COMPARISON', 'BETWEEN', 'OPERATOR'].includes(one.class))
    .flatMap(({ of }) => of)
    .filter((one) => typeNames(one) === undefined && isConstant(one))
    .slice(0, mostComputed);
}

/** More computed constants than these are not worth their questions. */
const mostComputed = 50;
