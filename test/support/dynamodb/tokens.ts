import { invalid } from './errors.ts';
import { reserved } from './reserved.ts';

/** A document path; a step is a name, a `#name` still to be looked up, or an index. */
export type Path = readonly (string | number)[];

/** The words of one expression, read from the left, and every placeholder that was met. */
export type Tokens = { readonly words: readonly string[]; at: number; readonly placeholders: Set<string> };

const word = /\s*(?:([A-Za-z_][A-Za-z0-9_]*|[#:][A-Za-z0-9_-]+|\d+)|(<>|<=|>=|[=<>()[\],.+-]))/y;
const placeholder = /^[#:]/;

export function tokens(text: string): Tokens {
  if (text.trim() === '') throw invalid('Invalid expression: The expression can not be empty;');
  if (text.length > 4096)
    throw invalid('Invalid expression: Expression size has exceeded the maximum allowed size');
  const words: string[] = [];
  word.lastIndex = 0;
  while (/\S/.test(text.slice(word.lastIndex))) {
    const from = word.lastIndex;
    const match = word.exec(text);
    if (!match) throw invalid(`Invalid expression: Syntax error at character ${from}`);
    words.push(match[1] ?? (match[2] as string));
  }
  return { words, at: 0, placeholders: new Set(words.filter((one) => placeholder.test(one))) };
}

export const peek = (from: Tokens): string => from.words[from.at] ?? '';
export const ended = (from: Tokens): boolean => from.at >= from.words.length;

export function next(from: Tokens): string {
  const one = peek(from);
  from.at++;
  return one;
}

/** Keywords are written in either case. */
export const isKeyword = (from: Tokens, keyword: string): boolean => peek(from).toUpperCase() === keyword;

export function take(from: Tokens, one: string): boolean {
  if (peek(from).toUpperCase() !== one) return false;
  from.at++;
  return true;
}

export function expect(from: Tokens, one: string): void {
  if (!take(from, one)) throw invalid(`Invalid expression: Syntax error; expected ${one}`);
}

function step(from: Tokens): string {
  const name = next(from);
  if (!/^[A-Za-z#_]/.test(name))
    throw invalid('Invalid expression: Syntax error; expected an attribute name');
  if (name.startsWith('_')) throw invalid('Invalid expression: Syntax error; a name starts with a letter');
  if (reserved.has(name.toUpperCase()))
    throw invalid(`Invalid expression: Attribute name is a reserved keyword; reserved keyword: ${name}`);
  return name;
}

export function path(from: Tokens): Path {
  const steps: (string | number)[] = [step(from)];
  for (;;) {
    if (take(from, '.')) steps.push(step(from));
    else if (take(from, '[')) {
      const index = next(from);
      if (!/^\d+$/.test(index)) throw invalid('Invalid expression: Syntax error; expected an index');
      steps.push(Number(index));
      expect(from, ']');
    } else return steps;
  }
}

export function list<T>(from: Tokens, one: (from: Tokens) => T): T[] {
  const all = [one(from)];
  while (take(from, ',')) all.push(one(from));
  return all;
}
