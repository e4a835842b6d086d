import { malformed } from './fault.ts';
import type { Json, JsonObject } from './json64.ts';
import type { Field, FieldType, PartitionField, PartitionSpec, PrimitiveType, Schema } from './model.ts';
import { integerAt, listAt, objectAt, optional, textAt } from './shape.ts';
import { valueFromJson } from './valueJson.ts';

const plain = [
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'timestamp_ns',
  'timestamptz_ns',
  'string',
  'uuid',
  'binary',
] as const;

/** A type as the specification spells it; null for what is not a primitive type of it. */
export function primitiveOf(text: string): PrimitiveType | null {
  const type = plain.find((one) => one === text);
  if (type) return { type };
  const decimal = /^decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$/.exec(text);
  if (decimal) return decimalOf(Number(decimal[1]), Number(decimal[2]));
  const fixed = /^fixed\[\s*(\d{1,9})\s*\]$/.exec(text);
  return fixed ? { type: 'fixed', length: Number(fixed[1]) } : null;
}

function decimalOf(precision: number, scale: number): PrimitiveType {
  if (precision < 1 || precision > 38 || scale > precision)
    throw malformed('a decimal type has impossible digits');
  return { type: 'decimal', precision, scale };
}

function typeOf(json: Json | undefined, place: string): FieldType {
  if (typeof json === 'string') return primitiveOf(json) ?? { type: 'other', name: json };
  return { type: 'other', name: textAt(objectAt(json, place).type, `${place}.type`) };
}

/** A type back in the spelling of the specification. */
export function typeName(type: FieldType): string {
  switch (type.type) {
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'fixed':
      return `fixed[${type.length}]`;
    case 'other':
      return type.name;
    default:
      return type.type;
  }
}

function fieldOf(json: Json, place: string): Field {
  const field = objectAt(json, place);
  const type = typeOf(field.type, `${place}.type`);
  const given = field['initial-default'];
  const initialDefault = type.type === 'other' ? undefined : optional(given, place, valueFromJson(type));
  return {
    id: integerAt(field.id, `${place}.id`),
    name: textAt(field.name, `${place}.name`),
    required: field.required === true,
    type,
    initialDefault,
  };
}

/** Reads a schema; columns inside of structs, lists and maps are left out. */
export function schemaOf(json: Json, place: string): Schema {
  const schema = objectAt(json, place);
  const fields = listAt(schema.fields, `${place}.fields`, fieldOf);
  const unique = (values: readonly unknown[]) => new Set(values).size === values.length;
  if (!unique(fields.map(({ id }) => id))) throw malformed(`${place} holds a field id twice`);
  if (!unique(fields.map(({ name }) => name))) throw malformed(`${place} holds a column name twice`);
  return {
    id: optional(schema['schema-id'], `${place}.schema-id`, integerAt) ?? 0,
    fields,
    identifierFieldIds:
      optional(schema['identifier-field-ids'], `${place}.identifier-field-ids`, (list, at) =>
        listAt(list, at, integerAt),
      ) ?? [],
  };
}

/** Reads a partition spec; version 1 may leave the field ids out, which then count from 1000. */
export function specOf(json: Json, place: string): PartitionSpec {
  const spec = objectAt(json, place);
  const fields = listAt(spec.fields, `${place}.fields`, objectAt);
  return {
    id: integerAt(spec['spec-id'], `${place}.spec-id`),
    fields: fields.map((field, i) => partitionField(field, i, `${place}.fields[${i}]`)),
  };
}

function partitionField(field: JsonObject, index: number, place: string): PartitionField {
  const sources = optional(field['source-ids'], `${place}.source-ids`, (list, at) =>
    listAt(list, at, integerAt),
  );
  return {
    id: optional(field['field-id'], `${place}.field-id`, integerAt) ?? 1000 + index,
    sourceId: sources?.[0] ?? integerAt(field['source-id'], `${place}.source-id`),
    name: textAt(field.name, `${place}.name`),
    transform: textAt(field.transform, `${place}.transform`),
  };
}
