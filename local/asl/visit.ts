import { expressionIn } from './expressions.ts';
import type { Machine, State } from './machine.ts';

export type Fields = Record<string, unknown>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** The machines inside a state, with the word they stand under. */
export function innerMachines(state: Fields): [string, Fields][] {
  const branches = list(state.Branches).map((branch, i): [string, Fields] => [`Branches[${i}]`, branch]);
  return isFields(state.ItemProcessor) ? [...branches, ['ItemProcessor', state.ItemProcessor]] : branches;
}

/** Every state of a machine and of the machines inside it, with a path to say where. */
export function statesOf(machine: Fields, path = ''): { at: string; state: Fields; machine: Fields }[] {
  if (!isFields(machine.States)) return [];
  return Object.entries(machine.States).flatMap(([name, state]) => {
    if (!isFields(state)) return [];
    const at = path === '' ? name : `${path} / ${name}`;
    const inner = innerMachines(state).flatMap(([, one]) => statesOf(one, at));
    return [{ at, state, machine }, ...inner];
  });
}

export const rulesOf = (state: Fields, field: 'Choices' | 'Catch' | 'Retry') => list(state[field]);

/** Every expression within a state, but not those of the machines inside it. */
export function expressionsOf(value: unknown): string[] {
  if (typeof value === 'string') return [expressionIn(value)].filter((found) => found !== undefined);
  if (Array.isArray(value)) return value.flatMap(expressionsOf);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === 'Branches' || name === 'ItemProcessor' || name === 'Comment' ? [] : expressionsOf(item),
  );
}

/** A definition as a machine, once `check` has found nothing in it. */
export const asMachine = (definition: object) => definition as Machine & { States: Record<string, State> };
