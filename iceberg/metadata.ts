import { malformed, unsupported } from './fault.ts';
import { type Json, type JsonObject, parseJson } from './json64.ts';
import type { NameMapping, Reference, Snapshot, TableMetadata } from './model.ts';
import { schemaOf, specOf } from './schema.ts';
import { idAt, integerAt, isObject, listAt, objectAt, optional, textAt, textsAt } from './shape.ts';

const versions = [1, 2, 3] as const;

/** Table metadata of format version 1, 2 or 3 (Iceberg specification, "Table Metadata Fields"); throws faults only. */
export function readMetadata(json: Json): TableMetadata {
  const table = objectAt(json, 'metadata');
  const formatVersion = versions.find((version) => version === table['format-version']);
  if (!formatVersion) throw unsupported('a format version other than 1, 2 and 3');
  if (Array.isArray(table['encryption-keys']) && table['encryption-keys'].length > 0)
    throw unsupported('encryption');
  const required = formatVersion > 1;
  const properties = optional(table.properties, 'metadata.properties', textsAt) ?? {};
  const currentSnapshotId = currentSnapshot(table);
  const metadata: TableMetadata = {
    formatVersion,
    tableUuid: (required ? textAt : text)(table['table-uuid'], 'metadata.table-uuid'),
    location: textAt(table.location, 'metadata.location').replace(/\/+$/, ''),
    lastSequenceNumber: required ? integer(table, 'last-sequence-number') : 0,
    lastUpdatedMs: integer(table, 'last-updated-ms'),
    lastColumnId: integer(table, 'last-column-id'),
    ...schemas(table, required),
    ...specs(table, required),
    defaultSortOrderId: required
      ? integer(table, 'default-sort-order-id')
      : (number(table, 'default-sort-order-id') ?? 0),
    properties,
    snapshots:
      optional(table.snapshots, 'metadata.snapshots', (list, at) => listAt(list, at, snapshotOf)) ?? [],
    refs: references(table, currentSnapshotId),
    currentSnapshotId,
    nameMapping: mapping(properties),
  };
  check(metadata);
  if (required) listAt(table['sort-orders'], 'metadata.sort-orders', objectAt);
  return metadata;
}

const integer = (table: JsonObject, key: string): number => integerAt(table[key], `metadata.${key}`);
const number = (table: JsonObject, key: string) => optional(table[key], `metadata.${key}`, integerAt);
const text = (json: Json | undefined, place: string): string | undefined => optional(json, place, textAt);

function currentSnapshot(table: JsonObject): bigint | undefined {
  const id = optional(table['current-snapshot-id'], 'metadata.current-snapshot-id', idAt);
  return id === -1n ? undefined : id;
}

/** Version 1 may hold one `schema` instead of the list. */
function schemas(table: JsonObject, required: boolean): Pick<TableMetadata, 'schemas' | 'currentSchemaId'> {
  if (required || table.schemas)
    return {
      schemas: listAt(table.schemas, 'metadata.schemas', schemaOf),
      currentSchemaId: integer(table, 'current-schema-id'),
    };
  const only = schemaOf(table.schema ?? null, 'metadata.schema');
  return { schemas: [only], currentSchemaId: only.id };
}

/** Version 1 may hold the fields of one `partition-spec` instead of the list. */
function specs(
  table: JsonObject,
  required: boolean,
): Pick<TableMetadata, 'specs' | 'defaultSpecId' | 'lastPartitionId'> {
  const listed = required || table['partition-specs'];
  const read = listed
    ? listAt(table['partition-specs'], 'metadata.partition-specs', specOf)
    : [specOf({ 'spec-id': 0, fields: table['partition-spec'] ?? [] }, 'metadata.partition-spec')];
  const last = Math.max(999, ...read.flatMap(({ fields }) => fields.map(({ id }) => id)));
  return {
    specs: read,
    defaultSpecId: listed ? integer(table, 'default-spec-id') : 0,
    lastPartitionId: required
      ? integer(table, 'last-partition-id')
      : (number(table, 'last-partition-id') ?? last),
  };
}

function snapshotOf(json: Json, place: string): Snapshot {
  const snapshot = objectAt(json, place);
  const summary = optional(snapshot.summary, `${place}.summary`, textsAt) ?? {};
  if (snapshot['key-id'] !== undefined && snapshot['key-id'] !== null) throw unsupported('encryption');
  return {
    id: idAt(snapshot['snapshot-id'], `${place}.snapshot-id`),
    parentId: optional(snapshot['parent-snapshot-id'], `${place}.parent-snapshot-id`, idAt),
    sequenceNumber: optional(snapshot['sequence-number'], `${place}.sequence-number`, integerAt) ?? 0,
    timestampMs: integerAt(snapshot['timestamp-ms'], `${place}.timestamp-ms`),
    manifestList: text(snapshot['manifest-list'], `${place}.manifest-list`),
    manifests: optional(snapshot.manifests, `${place}.manifests`, (list, at) => listAt(list, at, textAt)),
    schemaId: optional(snapshot['schema-id'], `${place}.schema-id`, integerAt),
    summary,
  };
}

function references(table: JsonObject, current: bigint | undefined): Record<string, Reference> {
  const refs: [string, Reference][] = [];
  if (current !== undefined) refs.push(['main', { snapshotId: current, type: 'branch' }]);
  const listed = optional(table.refs, 'metadata.refs', objectAt) ?? {};
  for (const [name, json] of Object.entries(listed)) {
    const ref = objectAt(json, 'metadata.refs');
    const snapshotId = idAt(ref['snapshot-id'], 'metadata.refs.snapshot-id');
    refs.push([name, { snapshotId, type: ref.type === 'tag' ? 'tag' : 'branch' }]);
  }
  return Object.fromEntries(refs);
}

const nameMappingProperty = 'schema.name-mapping.default';

function mapping(properties: Record<string, string>): NameMapping[] | undefined {
  const written = properties[nameMappingProperty];
  if (written === undefined) return undefined;
  return listAt(parseJson(written), nameMappingProperty, (json, place) => {
    const entry = objectAt(json, place);
    return {
      fieldId: optional(entry['field-id'], `${place}.field-id`, integerAt),
      names: listAt(entry.names, `${place}.names`, textAt),
    };
  });
}

function check(table: TableMetadata): void {
  if (!table.schemas.some(({ id }) => id === table.currentSchemaId))
    throw malformed('metadata.current-schema-id is not among metadata.schemas');
  if (!table.specs.some(({ id }) => id === table.defaultSpecId))
    throw malformed('metadata.default-spec-id is not among metadata.partition-specs');
  const ids = new Set(table.snapshots.map(({ id }) => id));
  if (ids.size < table.snapshots.length) throw malformed('metadata.snapshots hold an id twice');
  if (table.currentSnapshotId !== undefined && !ids.has(table.currentSnapshotId))
    throw malformed('metadata.current-snapshot-id is not among metadata.snapshots');
}

/** The JSON of a metadata file, its encoding checked. */
export function parseMetadata(bytes: Uint8Array): JsonObject {
  const json = parseJson(new TextDecoder().decode(bytes));
  if (!isObject(json)) throw malformed('metadata is not an object');
  return json;
}
