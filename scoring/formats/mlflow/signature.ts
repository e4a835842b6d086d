import type { Ir } from '../../ir.ts';
import { checkFeatures } from '../features.ts';
import { field } from '../fields.ts';
import { parseJson } from '../json.ts';

/**
 * Names of the signature's columns for a model that was trained on a bare array; one that has names of its own
 * keeps them.
 */
export function namedBySignature(ir: Ir, inputs: string): { ir: Ir; notes: string[] } {
  if (!ir.features.every(({ name }, i) => isNumbered(name, i))) return { ir, notes: [] };
  const columns = columnsOf(inputs);
  if (columns.length === 0) return { ir, notes: [] };
  if (columns.length !== ir.features.length)
    return { ir, notes: ['The signature has another number of columns than the model; it was not used.'] };
  const features = ir.features.map((feature, i) => ({ ...feature, name: columns[i] as string }));
  return {
    ir: { ...ir, features: checkFeatures(features) },
    notes: ['The features have the names of the signature.'],
  };
}

/** What the libraries call the columns of an array: f0, Column_0, x0. */
const isNumbered = (name: string, i: number) =>
  name === `f${i}` || name === `Column_${i}` || name === `x${i}`;

/** A signature of tensors has no columns; one whose columns lack names is as good as none. */
function columnsOf(inputs: string): string[] {
  const list = parseJson(new TextEncoder().encode(inputs));
  if (!Array.isArray(list)) return [];
  const names = list.map((column: unknown) =>
    field(column, 'type') === 'tensor' ? undefined : field(column, 'name'),
  );
  return names.every((name) => typeof name === 'string') ? names : [];
}
