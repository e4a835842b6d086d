import type { Comparator, Condition, Operand } from './condition.grammar.ts';
import { invalid } from './errors.ts';
import type { Scope } from './parse.ts';
import type { Rows } from './rows.ts';
import type { Value } from './types.ts';
import { tag } from './value.ts';

const orders = new Set<Comparator>(['=', '<', '<=', '>', '>=']);

/** The name a condition on a key speaks of, where it has a form that the service takes. */
function subject(condition: Condition, { names }: Scope): string | undefined {
  const name = (operand: Operand): string | undefined => {
    if (!('path' in operand) || operand.path.length !== 1) return undefined;
    const [step] = operand.path;
    return typeof step === 'string' && step.startsWith('#') ? names[step] : (step as string);
  };
  if (condition.is === 'compare' && orders.has(condition.by)) return name(condition.left);
  return condition.is === 'between' || condition.is === 'begins' ? name(condition.of) : undefined;
}

/** What the key is compared with. */
export function right(condition: Condition): Operand[] {
  if (condition.is === 'compare') return [condition.right];
  if (condition.is === 'between') return [condition.low, condition.high];
  return condition.is === 'begins' ? [condition.with] : [];
}

type KeyCondition = { partition: Value; sort: Condition | undefined };

function refuseTypes(condition: Condition, type: string, names: Scope): Value[] {
  return right(condition).map((one) => {
    const value = 'value' in one ? names.values[one.value] : undefined;
    if (!value || tag(value) !== type)
      throw invalid(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
    return value;
  });
}

/** `pk = :p`, and at most one condition on the sort key. */
export function keyCondition(rows: Rows, condition: Condition | undefined, names: Scope): KeyCondition {
  const parts = condition?.is === 'and' ? condition.all : condition ? [condition] : [];
  const [hash, range] = rows.keys;
  const onHash = parts.filter((one) => subject(one, names) === hash.name);
  const onRange = parts.filter((one) => subject(one, names) === range?.name);
  const [partition, sort] = [onHash[0], onRange[0]];
  if (!partition || parts.length > 2 || onHash.length + onRange.length !== parts.length || onRange.length > 1)
    throw invalid('Query key condition not supported');
  if (partition.is !== 'compare' || partition.by !== '=') throw invalid('Query key condition not supported');
  if (sort && range) refuseTypes(sort, range.type, names);
  const [value] = refuseTypes(partition, hash.type, names);
  if (!value || value.S === '') throw invalid('The AttributeValue for a key attribute cannot be empty');
  return { partition: value, sort };
}
