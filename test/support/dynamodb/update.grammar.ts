import { invalid } from './errors.ts';
import { ended, expect, list, next, type Path, path, peek, type Tokens, take } from './tokens.ts';

type Term =
  | { is: 'path'; path: Path }
  | { is: 'value'; value: string }
  | { is: 'ifNotExists'; path: Path; otherwise: Term }
  | { is: 'append'; left: Term; right: Term };
export type Sum = Term | { is: 'sum'; sign: 1 | -1; left: Term; right: Term };

export type Update = {
  set: { path: Path; to: Sum }[];
  remove: Path[];
  add: { path: Path; value: string }[];
  delete: { path: Path; value: string }[];
};

function call(from: Tokens): Term {
  const name = next(from);
  expect(from, '(');
  if (name === 'if_not_exists') {
    const tested = path(from);
    expect(from, ',');
    const otherwise = term(from);
    expect(from, ')');
    return { is: 'ifNotExists', path: tested, otherwise };
  }
  if (name !== 'list_append')
    throw invalid(`Invalid UpdateExpression: Invalid function name; function: ${name}`);
  const left = term(from);
  expect(from, ',');
  const right = term(from);
  expect(from, ')');
  return { is: 'append', left, right };
}

function term(from: Tokens): Term {
  if (peek(from).startsWith(':')) return { is: 'value', value: next(from) };
  if (from.words[from.at + 1] === '(') return call(from);
  return { is: 'path', path: path(from) };
}

function sum(from: Tokens): Sum {
  const parenthesised = take(from, '(');
  const left = term(from);
  const sign = take(from, '+') ? 1 : take(from, '-') ? -1 : undefined;
  const whole: Sum = sign === undefined ? left : { is: 'sum', sign, left, right: term(from) };
  if (parenthesised) expect(from, ')');
  return whole;
}

function assignment(from: Tokens): Update['set'][number] {
  const target = path(from);
  expect(from, '=');
  return { path: target, to: sum(from) };
}

function withValue(from: Tokens): Update['add'][number] {
  const target = path(from);
  const value = next(from);
  if (!value.startsWith(':')) throw invalid('Invalid UpdateExpression: Syntax error; expected a value');
  return { path: target, value };
}

const clauses: Readonly<Record<string, (update: Update, from: Tokens) => void>> = {
  SET: (update, from) => update.set.push(...list(from, assignment)),
  REMOVE: (update, from) => update.remove.push(...list(from, path)),
  ADD: (update, from) => update.add.push(...list(from, withValue)),
  DELETE: (update, from) => update.delete.push(...list(from, withValue)),
};

export function update(from: Tokens): Update {
  const whole: Update = { set: [], remove: [], add: [], delete: [] };
  const seen = new Set<string>();
  while (!ended(from)) {
    const name = next(from).toUpperCase();
    const clause = clauses[name];
    if (!clause) throw invalid('Invalid UpdateExpression: Syntax error; expected SET, REMOVE, ADD or DELETE');
    if (seen.has(name))
      throw invalid(`Invalid UpdateExpression: The "${name}" section can only be used once`);
    seen.add(name);
    clause(whole, from);
  }
  return whole;
}

export const targets = (whole: Update): Path[] => [
  ...whole.set.map((one) => one.path),
  ...whole.remove,
  ...whole.add.map((one) => one.path),
  ...whole.delete.map((one) => one.path),
];
