import type { Comparator, Condition, Operand } from './condition.grammar.ts';
import { invalid } from './errors.ts';
import { resolved, type Scope } from './parse.ts';
import { read } from './path.ts';
import type { Item, Value } from './types.ts';
import { compare, equal, includes, isSet, members, type Tag, tag } from './value.ts';

const ordered = new Set<Tag>(['S', 'N', 'B']);
const types = new Set<string>(['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL']);

function length(value: Value): number | undefined {
  if (value.S !== undefined) return value.S.length;
  if (value.B !== undefined) return value.B.length;
  if (value.M !== undefined) return Object.keys(value.M).length;
  if (value.L !== undefined) return value.L.length;
  return isSet(tag(value)) ? members(value).length : undefined;
}

function worth(of: Operand, item: Item | undefined, scope: Scope): Value | undefined {
  if ('value' in of) return scope.values[of.value];
  if ('path' in of) return read(item, resolved(of.path, scope));
  const measured = read(item, resolved(of.size, scope));
  const size = measured && length(measured);
  return size === undefined ? undefined : { N: String(size) };
}

const tests: Readonly<Record<Exclude<Comparator, '=' | '<>'>, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function compares(by: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  if (by === '=') return left !== undefined && right !== undefined && equal(left, right);
  if (by === '<>') return left === undefined || right === undefined || !equal(left, right);
  const order = left && right && compare(left, right);
  return order !== undefined && tests[by](order);
}

function begins(whole: Value | undefined, start: Value | undefined): boolean {
  if (whole?.S !== undefined && start?.S !== undefined) return whole.S.startsWith(start.S);
  if (whole?.B === undefined || start?.B === undefined) return false;
  return Buffer.compare(whole.B.subarray(0, start.B.length), start.B) === 0;
}

function contains(whole: Value | undefined, part: Value | undefined): boolean {
  if (!whole || !part) return false;
  if (whole.S !== undefined) return part.S !== undefined && whole.S.includes(part.S);
  if (whole.L) return whole.L.some((one) => equal(one, part));
  const one = part.S ?? part.N ?? part.B;
  return (
    isSet(tag(whole)) && tag(whole) === `${tag(part)}S` && one !== undefined && includes(members(whole), one)
  );
}

export function holds(condition: Condition, item: Item | undefined, scope: Scope): boolean {
  const of = (operand: Operand) => worth(operand, item, scope);
  switch (condition.is) {
    case 'and':
      return condition.all.every((one) => holds(one, item, scope));
    case 'or':
      return condition.all.some((one) => holds(one, item, scope));
    case 'not':
      return !holds(condition.of, item, scope);
    case 'compare':
      return compares(condition.by, of(condition.left), of(condition.right));
    case 'between':
      return (
        compares('>=', of(condition.of), of(condition.low)) &&
        compares('<=', of(condition.of), of(condition.high))
      );
    case 'in':
      return condition.among.some((one) => compares('=', of(condition.of), of(one)));
    case 'exists':
      return (read(item, resolved(condition.path, scope)) !== undefined) === condition.wanted;
    case 'type': {
      const value = read(item, resolved(condition.path, scope));
      return value !== undefined && tag(value) === of(condition.type)?.S;
    }
    case 'begins':
      return begins(of(condition.of), of(condition.with));
    case 'contains':
      return contains(of(condition.of), of(condition.with));
  }
}

function constant(of: Operand, scope: Scope): Value | undefined {
  return 'value' in of ? scope.values[of.value] : undefined;
}

function refuseUnordered(operands: Operand[], scope: Scope): void {
  for (const one of operands) {
    const value = constant(one, scope);
    if (value && !ordered.has(tag(value)))
      throw invalid(
        `Invalid expression: Incorrect operand type for operator or function; operand type: ${tag(value)}`,
      );
  }
}

function refuseBounds(low: Value | undefined, high: Value | undefined): void {
  if (!low || !high) return;
  const order = compare(low, high);
  if (order === undefined)
    throw invalid('Invalid expression: The BETWEEN operator requires same data type for bounds');
  if (order > 0) throw invalid('Invalid expression: The BETWEEN operator requires upper bound to be greater');
}

function refuseHere(condition: Condition, scope: Scope): void {
  if (condition.is === 'compare' && tests[condition.by as '<'])
    refuseUnordered([condition.left, condition.right], scope);
  if (condition.is === 'between') {
    refuseUnordered([condition.of, condition.low, condition.high], scope);
    refuseBounds(constant(condition.low, scope), constant(condition.high, scope));
  }
  if (condition.is === 'type' && !types.has(constant(condition.type, scope)?.S ?? ''))
    throw invalid('Invalid expression: Invalid attribute type name found');
  if (condition.is === 'begins') refuseStart(constant(condition.with, scope));
}

function refuseStart(start: Value | undefined): void {
  if (start && start.S === undefined && start.B === undefined)
    throw invalid('Invalid expression: Incorrect operand type for operator or function; begins_with');
}

/** What is wrong whatever the item holds, said before any item is looked at. */
export function refuseBadOperands(condition: Condition, scope: Scope): void {
  refuseHere(condition, scope);
  if (condition.is === 'not') refuseBadOperands(condition.of, scope);
  if (condition.is === 'and' || condition.is === 'or')
    for (const one of condition.all) refuseBadOperands(one, scope);
}
