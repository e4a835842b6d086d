import { invalid } from './errors.ts';
import { expect, isKeyword, list, next, type Path, path, peek, type Tokens, take } from './tokens.ts';

export type Operand = { path: Path } | { value: string } | { size: Path };
export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type Condition =
  | { is: 'and' | 'or'; all: Condition[] }
  | { is: 'not'; of: Condition }
  | { is: 'compare'; by: Comparator; left: Operand; right: Operand }
  | { is: 'between'; of: Operand; low: Operand; high: Operand }
  | { is: 'in'; of: Operand; among: Operand[] }
  | { is: 'exists'; path: Path; wanted: boolean }
  | { is: 'type'; path: Path; type: Operand }
  | { is: 'begins' | 'contains'; of: Operand; with: Operand };

const comparators = new Set<string>(['=', '<>', '<', '<=', '>', '>=']);

function operand(from: Tokens): Operand {
  if (peek(from).startsWith(':')) return { value: next(from) };
  if (peek(from) === 'size' && from.words[from.at + 1] === '(') {
    from.at += 2;
    const of = path(from);
    expect(from, ')');
    return { size: of };
  }
  return { path: path(from) };
}

/** What stands in the parentheses of a function, and nothing more than that. */
function called<T>(from: Tokens, read: () => T): T {
  from.at++;
  expect(from, '(');
  const condition = read();
  expect(from, ')');
  return condition;
}

function pair(from: Tokens, is: 'begins' | 'contains'): Condition {
  const of = operand(from);
  expect(from, ',');
  return { is, of, with: operand(from) };
}

function ofType(from: Tokens): Condition {
  const of = path(from);
  expect(from, ',');
  return { is: 'type', path: of, type: operand(from) };
}

const functions: Readonly<Record<string, (from: Tokens) => Condition>> = {
  attribute_exists: (from) => ({ is: 'exists', path: path(from), wanted: true }),
  attribute_not_exists: (from) => ({ is: 'exists', path: path(from), wanted: false }),
  attribute_type: ofType,
  begins_with: (from) => pair(from, 'begins'),
  contains: (from) => pair(from, 'contains'),
};

function comparison(from: Tokens): Condition {
  const left = operand(from);
  const by = next(from);
  if (comparators.has(by)) return { is: 'compare', by: by as Comparator, left, right: operand(from) };
  if (by.toUpperCase() === 'BETWEEN') {
    const low = operand(from);
    expect(from, 'AND');
    return { is: 'between', of: left, low, high: operand(from) };
  }
  if (by.toUpperCase() !== 'IN') throw invalid('Invalid expression: Syntax error; expected a comparison');
  expect(from, '(');
  const among = list(from, operand);
  expect(from, ')');
  if (among.length > 100)
    throw invalid('Invalid expression: The IN operator is provided with too many operands');
  return { is: 'in', of: left, among };
}

function primary(from: Tokens): Condition {
  if (isKeyword(from, 'NOT')) {
    from.at++;
    return { is: 'not', of: primary(from) };
  }
  if (take(from, '(')) {
    const inner = condition(from);
    expect(from, ')');
    return inner;
  }
  const named = from.words[from.at + 1] === '(' ? functions[peek(from)] : undefined;
  return named ? called(from, () => named(from)) : comparison(from);
}

function chain(from: Tokens, is: 'and' | 'or', one: (from: Tokens) => Condition): Condition {
  const all = [one(from)];
  while (take(from, is.toUpperCase())) all.push(one(from));
  return all.length === 1 ? (all[0] as Condition) : { is, all };
}

/** OR binds less than AND, AND less than NOT. */
export const condition = (from: Tokens): Condition =>
  chain(from, 'or', (inner) => chain(inner, 'and', primary));
