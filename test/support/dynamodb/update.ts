import { invalid } from './errors.ts';
import { addNumbers } from './number.ts';
import { resolved, type Scope } from './parse.ts';
import { lastFirst, read, removed, written } from './path.ts';
import type { Path } from './tokens.ts';
import type { Item, Value } from './types.ts';
import type { Sum, Update } from './update.grammar.ts';
import { asSet, includes, isSet, members, tag } from './value.ts';

const absent = () =>
  invalid('The provided expression refers to an attribute that does not exist in the item');
const wrongType = () => invalid('An operand in the update expression has an incorrect data type');

function worth(of: Sum, old: Item, scope: Scope): Value {
  switch (of.is) {
    case 'value':
      return scope.values[of.value] as Value;
    case 'path': {
      const value = read(old, resolved(of.path, scope));
      if (value === undefined) throw absent();
      return value;
    }
    case 'ifNotExists':
      return read(old, resolved(of.path, scope)) ?? worth(of.otherwise, old, scope);
    case 'append': {
      const left = worth(of.left, old, scope).L;
      const right = worth(of.right, old, scope).L;
      if (!left || !right) throw wrongType();
      return { L: [...left, ...right] };
    }
    case 'sum': {
      const left = worth(of.left, old, scope).N;
      const right = worth(of.right, old, scope).N;
      if (left === undefined || right === undefined) throw wrongType();
      return { N: addNumbers(left, right, of.sign) };
    }
  }
}

function added(current: Value | undefined, value: Value): Value {
  const type = tag(value);
  if (current === undefined) return value;
  if (tag(current) !== type) throw wrongType();
  if (type === 'N') return { N: addNumbers(current.N as string, value.N as string, 1) };
  const old = members(current);
  return asSet(type, [...old, ...members(value).filter((one) => !includes(old, one))]);
}

function taken(item: Item, path: Path, value: Value): Item {
  const current = read(item, path);
  if (current === undefined) return item;
  if (tag(current) !== tag(value)) throw wrongType();
  const left = members(current).filter((one) => !includes(members(value), one));
  return left.length === 0 ? removed(item, path) : written(item, path, asSet(tag(value), left));
}

/** Every right-hand side sees the item as it was. */
export function updated(update: Update, old: Item, scope: Scope): Item {
  let item = old;
  const place = (path: Path, value: Value) => {
    item = written(item, path, value);
  };
  for (const { path, to } of update.set) place(resolved(path, scope), worth(to, old, scope));
  for (const { path, value } of update.add) {
    const at = resolved(path, scope);
    place(at, added(read(old, at), scope.values[value] as Value));
  }
  for (const { path, value } of update.delete)
    item = taken(item, resolved(path, scope), scope.values[value] as Value);
  for (const path of update.remove.map((one) => resolved(one, scope)).sort(lastFirst))
    item = removed(item, path);
  return item;
}

/** What is wrong whatever the item holds. */
export function refuseBadUpdate(update: Update, scope: Scope): void {
  for (const { value } of update.add) {
    const type = tag(scope.values[value] as Value);
    if (type !== 'N' && !isSet(type))
      throw invalid('Invalid UpdateExpression: Incorrect operand type for ADD');
  }
  for (const { value } of update.delete)
    if (!isSet(tag(scope.values[value] as Value)))
      throw invalid('Invalid UpdateExpression: Incorrect operand type for DELETE');
}
