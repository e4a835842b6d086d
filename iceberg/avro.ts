import { malformed } from './fault.ts';
import type { Json } from './json64.ts';

/** A value of Avro; a long is a bigint beyond 2^53, bytes and fixed are byte arrays, unions are not wrapped. */
export type AvroValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | AvroValue[]
  | AvroRecord;
export interface AvroRecord {
  [key: string]: AvroValue;
}

/** A schema taken apart: names are resolved, logical types forgotten. */
export type AvroType =
  | { kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string' }
  | { kind: 'fixed'; size: number }
  | { kind: 'enum'; symbols: string[] }
  | { kind: 'array' | 'map'; items: AvroType }
  | { kind: 'union'; branches: AvroType[] }
  | { kind: 'record'; fields: AvroField[] };

export interface AvroField {
  /** The name in values: that of the schema, or what `rename` makes of it. */
  key: string;
  type: AvroType;
}

/** The name that a record's field gets in values, from its `field-id` and its name in the schema. */
export type Rename = (name: string, fieldId: number | undefined) => string;

const simple = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
const maxDepth = 32;
/** A chain of named types is as deep as it is long. */
const maxNamed = 64;

interface Context {
  named: Map<string, AvroType>;
  rename: Rename;
  depth: number;
}

const isObject = (json: Json | undefined): json is { [key: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Reads a schema (JSON form of the Avro specification 1.11); a record that contains itself is refused. */
export function avroType(schema: Json, rename: Rename = (name) => name): AvroType {
  return typeOf(schema, { named: new Map(), rename, depth: 0 });
}

function typeOf(schema: Json | undefined, context: Context): AvroType {
  if (context.depth > maxDepth) throw malformed('Avro: the schema is nested too deeply');
  const inner = { ...context, depth: context.depth + 1 };
  if (typeof schema === 'string') return byName(schema, context);
  if (Array.isArray(schema)) return { kind: 'union', branches: schema.map((one) => typeOf(one, inner)) };
  if (!isObject(schema)) throw malformed('Avro: the schema is not valid');
  switch (schema.type) {
    case 'record':
      return named(schema, context, recordOf(schema, inner));
    case 'fixed':
      return named(schema, context, { kind: 'fixed', size: sizeOf(schema.size) });
    case 'enum':
      return named(schema, context, { kind: 'enum', symbols: symbolsOf(schema.symbols) });
    case 'array':
      return { kind: 'array', items: typeOf(schema.items, inner) };
    case 'map':
      return { kind: 'map', items: typeOf(schema.values, inner) };
    default:
      return typeOf(schema.type, inner);
  }
}

function byName(name: string, context: Context): AvroType {
  const kind = simple.find((one) => one === name);
  if (kind) return { kind };
  const found = context.named.get(name) ?? context.named.get(name.slice(name.lastIndexOf('.') + 1));
  if (!found) throw malformed('Avro: the schema names a type that it does not hold');
  return found;
}

function named(schema: { [key: string]: Json }, context: Context, type: AvroType): AvroType {
  if (typeof schema.name !== 'string') throw malformed('Avro: a named type has no name');
  context.named.set(schema.name, type);
  if (context.named.size > maxNamed) throw malformed('Avro: the schema names too many types');
  return type;
}

function recordOf(schema: { [key: string]: Json }, context: Context): AvroType {
  if (!Array.isArray(schema.fields)) throw malformed('Avro: a record has no fields');
  const fields = schema.fields.map((field): AvroField => {
    if (!isObject(field) || typeof field.name !== 'string') throw malformed('Avro: a field has no name');
    const id = field['field-id'];
    const key = context.rename(field.name, typeof id === 'number' ? id : undefined);
    return { key, type: typeOf(field.type, context) };
  });
  const keys = new Set(fields.map(({ key }) => key));
  if (keys.size < fields.length || keys.has('__proto__'))
    throw malformed('Avro: the fields of a record are not valid');
  return { kind: 'record', fields };
}

function sizeOf(size: Json | undefined): number {
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0)
    throw malformed('Avro: a size is not valid');
  return size;
}

function symbolsOf(symbols: Json | undefined): string[] {
  if (!Array.isArray(symbols)) throw malformed('Avro: an enum has no symbols');
  return symbols.map(String);
}
