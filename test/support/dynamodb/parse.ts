import { type Condition, condition } from './condition.grammar.ts';
import { invalid } from './errors.ts';
import { ended, list, type Path, path, type Tokens, tokens } from './tokens.ts';
import type { Input, Value } from './types.ts';
import { type Update, update } from './update.grammar.ts';
import { checked } from './value.ts';

export type Parsed<T> = { readonly tree: T; readonly placeholders: ReadonlySet<string> };

/** What `#names` and `:values` stand for in one request. */
export type Scope = { readonly names: Record<string, string>; readonly values: Record<string, Value> };

/** An expression is text that recurs, so it is read once; the bound is for tests that make them at random. */
function remembered<T>(read: (from: Tokens) => T): (text: string) => Parsed<T> {
  const known = new Map<string, Parsed<T>>();
  return (text) => {
    const found = known.get(text);
    if (found) return found;
    const from = tokens(text);
    const tree = read(from);
    if (!ended(from)) throw invalid('Invalid expression: Syntax error; unexpected token at the end');
    const parsed = { tree, placeholders: from.placeholders };
    if (known.size >= 5000) known.clear();
    known.set(text, parsed);
    return parsed;
  };
}

export const parseCondition: (text: string) => Parsed<Condition> = remembered(condition);
export const parseUpdate: (text: string) => Parsed<Update> = remembered(update);
export const parseProjection: (text: string) => Parsed<Path[]> = remembered((from) => list(from, path));

function missing(parsed: Parsed<unknown>, { names, values }: Scope): void {
  for (const one of parsed.placeholders) {
    if (one.startsWith('#') && names[one] === undefined)
      throw invalid(
        `Invalid expression: An expression attribute name used is not defined; attribute name: ${one}`,
      );
    if (one.startsWith(':') && values[one] === undefined)
      throw invalid(
        `Invalid expression: An expression attribute value used is not defined; attribute value: ${one}`,
      );
  }
}

/** Every placeholder used is given, and every one given is used. */
export function scope(input: Input, expressions: (Parsed<unknown> | undefined)[]): Scope {
  const given: Scope = { names: input.ExpressionAttributeNames ?? {}, values: {} };
  for (const name in input.ExpressionAttributeValues)
    given.values[name] = checked(input.ExpressionAttributeValues[name] as Value);
  const used = expressions.filter((one) => one !== undefined);
  for (const one of used) missing(one, given);
  for (const name of [...Object.keys(given.names), ...Object.keys(given.values)])
    if (!used.some((one) => one.placeholders.has(name)))
      throw invalid(`Value provided in expression attributes unused in expressions: keys: {${name}}`);
  if (used.length === 0 && (input.ExpressionAttributeNames || input.ExpressionAttributeValues))
    throw invalid('Expression attributes can only be specified when using expressions');
  return given;
}

/** The path with its `#names` looked up. */
export const resolved = (steps: Path, { names }: Scope): Path =>
  steps.map((step) => (typeof step === 'string' && step.startsWith('#') ? (names[step] as string) : step));
