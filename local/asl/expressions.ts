import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { Failed, type Values, type World } from './machine.ts';

/** An expression in a string, or undefined for a string that is only text. */
export const expressionIn = (text: string) => /^\{%([\s\S]*)%\}$/.exec(text)?.[1]?.trim();

const bounds = { timeout: 5000, stack: 500, sequence: 100_000 };
const parsed = new Map<string, jsonata.Expression>();

/** Parsed once; a machine runs the same few expressions over and over. */
function compile(expression: string): jsonata.Expression {
  const known = parsed.get(expression);
  if (known) return known;
  if (parsed.size > 5000) parsed.clear();
  const made = jsonata(expression, bounds);
  parsed.set(expression, made);
  return made;
}

export const syntaxOf = (expression: string) => jsonata(expression).ast();

/** A value with every {% expression %} in it replaced by what it yields; one that yields nothing is an error. */
export async function evaluate(value: unknown, scope: Values, world: World): Promise<unknown> {
  if (typeof value === 'string') {
    const expression = expressionIn(value);
    return expression === undefined ? value : yielded(expression, scope, world);
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, scope, world)));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(
    async ([key, item]) => [key, await evaluate(item, scope, world)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function yielded(expression: string, scope: Values, world: World): Promise<unknown> {
  const bindings = { ...functions(world), ...scope };
  let text: string | undefined;
  try {
    // Also a function is no value: what it holds on to cannot be written as JSON.
    text = JSON.stringify(await compile(expression).evaluate(undefined, bindings));
  } catch (error) {
    throw queryError(expression, messageOf(error));
  }
  if (text === undefined) throw queryError(expression, 'it yields nothing');
  return JSON.parse(text);
}

const queryError = (expression: string, why: string) =>
  new Failed('States.QueryEvaluationError', `The JSONata expression '${expression}' failed: ${why}`);

const messageOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'unknown';

/** The functions Step Functions adds to JSONata; `$eval` it takes away, the clock and chance are the world's. */
const functions = (world: World): Values => ({
  eval: undefined,
  now: () => new Date(world.now()).toISOString(),
  millis: () => world.now(),
  random: () => world.random(),
  uuid: () => uuid(world),
  parse: (text: unknown) => (typeof text === 'string' ? JSON.parse(text) : undefined),
  partition,
  range,
  hash,
});

function uuid(world: World): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(world.random() * 256)));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function partition(items: unknown, size: unknown): unknown[][] {
  if (!Array.isArray(items) || !Number.isInteger(size) || Number(size) < 1)
    throw new Error('$partition takes an array and a positive whole number');
  const parts: unknown[][] = [];
  for (let i = 0; i < items.length; i += Number(size)) parts.push(items.slice(i, i + Number(size)));
  return parts;
}

function range(first: unknown, last: unknown, step: unknown): number[] {
  if (![first, last, step].every(Number.isInteger) || step === 0)
    throw new Error('$range takes three whole numbers, the last of them not 0');
  const [from, to, by] = [Number(first), Number(last), Number(step)];
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  if (count > 1000) throw new Error('$range gives at most 1000 items');
  return Array.from({ length: count }, (_, i) => from + i * by);
}

const algorithms: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash(text: unknown, algorithm: unknown): string {
  const known = algorithms[String(algorithm)];
  if (known === undefined || text === undefined) throw new Error('$hash takes a value and a known algorithm');
  const bytes = typeof text === 'string' ? text : JSON.stringify(text);
  return createHash(known).update(bytes).digest('hex');
}
