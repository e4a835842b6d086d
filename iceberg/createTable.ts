import { expiring } from './expire.ts';
import { fault } from './fault.ts';
import type { Json, JsonObject } from './json64.ts';
import type { FieldType } from './model.ts';
import type { NewTable } from './ports.ts';
import { typeName } from './schema.ts';
import { isObject } from './shape.ts';

interface Column {
  name: string;
  type: FieldType;
}

/** A table of predictions to be. */
export interface Target {
  /** The columns that say what a row is about; they keep the types of their source. */
  entity: readonly Column[];
  /** `prediction` and what else the kind of model gives. */
  outputs: readonly Column[];
  /** How finely runs are told apart: `identity` where several fall into one hour. */
  partition: 'day' | 'hour' | 'identity';
  /** Only where the catalog does not choose it. */
  location?: string;
}

const ours: readonly Column[] = [
  { name: 'model_version', type: { type: 'string' } },
  { name: 'run_id', type: { type: 'string' } },
  { name: 'scored_at', type: { type: 'timestamptz' } },
];

/** The request for a table of predictions: all columns optional, one partition a slot, a day of slots or an hour of them. */
export function newTarget({ entity, outputs, partition, location }: Target): NewTable {
  const columns = [...entity, ...outputs, ...ours];
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  if (names.size < columns.length) throw fault('refused', 'two columns of the target would have one name');
  if (entity.some(({ type }) => type.type === 'other'))
    throw fault('refused', 'an entity column has a type that the target cannot hold');
  const fields = columns.map(({ name, type }, i) => ({
    id: i + 1,
    name,
    required: false,
    type: typeName(type),
  }));
  const name = partition === 'identity' ? 'scored_at' : `scored_at_${partition}`;
  const field = { 'source-id': columns.length, 'field-id': 1000, name, transform: partition };
  return {
    location,
    schema: { type: 'struct', 'schema-id': 0, fields },
    'partition-spec': { 'spec-id': 0, fields: [field] },
    properties: { 'format-version': '2', 'write.parquet.compression-codec': 'zstd', [expiring]: 'true' },
  };
}

const ids = (list: Json | undefined, key: string): number[] =>
  Array.isArray(list) ? list.filter(isObject).map((one) => Number(one[key])) : [];

/** The first metadata of a table, where no server writes it (Iceberg specification, "Table Metadata Fields", version 2). */
export function newMetadata(
  request: NewTable & { location: string },
  tableUuid: string,
  now: number,
): JsonObject {
  const { 'format-version': _, ...properties } = request.properties;
  return {
    'format-version': 2,
    'table-uuid': tableUuid,
    location: request.location,
    'last-sequence-number': 0,
    'last-updated-ms': now,
    'last-column-id': Math.max(0, ...ids(request.schema.fields, 'id')),
    'current-schema-id': 0,
    schemas: [{ ...request.schema, 'schema-id': 0 }],
    'default-spec-id': 0,
    'partition-specs': [{ ...request['partition-spec'], 'spec-id': 0 }],
    'last-partition-id': Math.max(999, ...ids(request['partition-spec'].fields, 'field-id')),
    'default-sort-order-id': 0,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    properties,
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}
