import type * as z from 'zod';

type Schema = z.core.$ZodType;
interface Def {
  type: string;
  format?: string;
  innerType?: Schema;
  in?: Schema;
  element?: Schema;
  shape?: Record<string, Schema>;
  options?: Schema[];
  entries?: Record<string, string | number>;
  values?: unknown[];
  checks?: { _zod: { def: { check: string; minimum?: number; value?: number } } }[];
}
const defOf = (schema: Schema) => schema._zod.def as unknown as Def;

/** Whether a field may be left out: then it is. */
const mayLack = (schema: Schema): boolean => ['optional', 'default', 'prefault'].includes(defOf(schema).type);

/** The least that a check of this name allows. */
const least = ({ checks = [] }: Def, name: string, otherwise: number) => {
  const found = checks.map(({ _zod }) => _zod.def).find(({ check }) => check === name);
  return found?.minimum ?? found?.value ?? otherwise;
};

/** The smallest value of a schema, by its fields' names where `known` has one for a name; the same every time. */
export function sampleOf(schema: Schema, known: Readonly<Record<string, unknown>>, name = ''): unknown {
  const def = defOf(schema);
  if (Object.hasOwn(known, name)) return known[name];
  const inner = def.innerType ?? def.in ?? def.element ?? def.options?.[0];
  switch (def.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape ?? {})
          .filter(([, type]) => !mayLack(type))
          .map(([field, type]) => [field, sampleOf(type, known, field)]),
      );
    case 'array':
      return Array.from({ length: least(def, 'min_length', 0) }, () => inner && sampleOf(inner, known));
    case 'enum':
      return Object.values(def.entries ?? {})[0];
    case 'literal':
      return def.values?.[0];
    case 'number':
      return least(def, 'greater_than', 1);
    case 'boolean':
      return true;
    case 'string':
      return def.format === 'datetime' ? '2026-01-01T00:00:00Z' : 'sample';
    case 'record':
    case 'custom':
    case 'unknown':
    case 'any':
      return {};
    default:
      return inner && sampleOf(inner, known, name);
  }
}
