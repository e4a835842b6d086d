import type * as z from 'zod';

const words: Record<string, boolean> = Object.assign(Object.create(null), {
  ...{ '1': true, on: true, t: true, true: true, y: true, yes: true },
  ...{ '0': false, off: false, f: false, false: false, n: false, no: false },
});
const integer = /^\s*[+-]?\d+(?:_\d+)*(?:\.0+)?\s*$/;
const decimal = /^\s*[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

type Def = {
  type: string;
  format?: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  element?: z.core.$ZodType;
  valueType?: z.core.$ZodType;
  shape?: Record<string, z.core.$ZodType>;
};

/**
 * What the published API takes although it is spelled otherwise: "2" for a whole number, "yes" for true. A value
 * that cannot be read so is left as it is, for the schema to refuse. Rules: pydantic's lax mode.
 */
export function lax(schema: z.core.$ZodType, value: unknown): unknown {
  const def = inside(schema);
  if (value === undefined || value === null) return value;
  switch (def.type) {
    case 'array':
      return laxArray(def.element, value);
    case 'record':
      return def.valueType ? laxRecord(def.valueType, value) : value;
    case 'object':
      return laxObject(def.shape ?? {}, value);
    case 'number':
      return laxNumber(value, def.format === 'safeint' ? integer : decimal);
    case 'boolean':
      return laxBoolean(value);
    case 'string':
      return def.format === 'datetime' ? withSeconds(value) : value;
    default:
      return value;
  }
}

/** What a schema says, out of what it is wrapped in. */
function inside(schema: z.core.$ZodType): Def {
  const def = schema._zod.def as Def;
  const inner = def.innerType ?? def.in;
  return inner ? inside(inner) : def;
}

/** What a schema says of the value at a place in it. */
export function defAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): Def | undefined {
  const def = inside(schema);
  const [step, ...rest] = path;
  if (step === undefined) return def;
  const next = def.element ?? def.valueType ?? def.shape?.[String(step)];
  return next && defAt(next, rest);
}

const laxArray = (element: z.core.$ZodType | undefined, value: unknown) =>
  element && Array.isArray(value) ? value.map((item) => lax(element, item)) : value;

function laxRecord(type: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lax(type, item)]));
}

function laxObject(shape: Record<string, z.core.$ZodType>, value: unknown): unknown {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const read: Record<string, unknown> = {};
  for (const [key, type] of Object.entries(shape))
    if (Object.hasOwn(value as object, key)) read[key] = lax(type, (value as Record<string, unknown>)[key]);
  return read;
}

function laxNumber(value: unknown, form: RegExp): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && value.length < 400 && form.test(value)
    ? Number(value.replaceAll('_', ''))
    : value;
}

/** ISO 8601 lets the seconds of a time be left out. */
const withSeconds = (time: unknown) =>
  typeof time === 'string' ? time.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?=Z|[+-])/, '$1:00') : time;

function laxBoolean(value: unknown): unknown {
  if (value === 1 || value === 0) return value === 1;
  return typeof value === 'string' ? (words[value.toLowerCase()] ?? value) : value;
}
