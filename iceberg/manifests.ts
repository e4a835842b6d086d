import type { AvroRecord } from './avro.ts';
import { readAvroFile, writeAvroFile } from './avroFile.ts';
import { dataFileOf, dataFileRecord } from './dataFiles.ts';
import { malformed, unsupported } from './fault.ts';
import { type JsonObject, printJson } from './json64.ts';
import { manifestListSchema, manifestSchema, renameField } from './manifestSchema.ts';
import type {
  ManifestEntry,
  ManifestFile,
  PartitionSpec,
  PartitionSummary,
  Schema,
  TableMetadata,
} from './model.ts';
import { partitionTypes } from './partition.ts';
import { bytesOf, idOf, integerOf, listOf, optionalOf, recordOf, textOf } from './record.ts';

/** Reads a manifest list of any version; throws faults only. */
export function readManifestList(bytes: Uint8Array): ManifestFile[] {
  return readAvroFile(bytes, renameField).records.map(manifestFileOf);
}

function manifestFileOf(record: AvroRecord): ManifestFile {
  if (record.key_metadata) throw unsupported('encryption');
  const count = (key: string) => optionalOf(record, key, integerOf);
  return {
    path: textOf(record, 'manifest_path'),
    length: integerOf(record, 'manifest_length'),
    specId: integerOf(record, 'partition_spec_id'),
    content: count('content') === 1 ? 'deletes' : 'data',
    sequenceNumber: count('sequence_number') ?? 0,
    minSequenceNumber: count('min_sequence_number') ?? 0,
    addedSnapshotId: optionalOf(record, 'added_snapshot_id', idOf) ?? 0n,
    addedFilesCount: count('added_files_count'),
    existingFilesCount: count('existing_files_count'),
    deletedFilesCount: count('deleted_files_count'),
    addedRowsCount: count('added_rows_count'),
    existingRowsCount: count('existing_rows_count'),
    deletedRowsCount: count('deleted_rows_count'),
    partitions: optionalOf(record, 'partitions', listOf(recordOf))?.map(summaryOf),
  };
}

const summaryOf = (record: AvroRecord): PartitionSummary => ({
  containsNull: record.contains_null === true,
  containsNan: typeof record.contains_nan === 'boolean' ? record.contains_nan : undefined,
  lowerBound: optionalOf(record, 'lower_bound', bytesOf),
  upperBound: optionalOf(record, 'upper_bound', bytesOf),
});

/** A manifest that a snapshot of version 1 lists itself: it says of itself what a manifest list would say. */
export function inlineManifest(path: string, bytes: Uint8Array, snapshotId: bigint): ManifestFile {
  const specId = Number(readAvroFile(bytes).metadata['partition-spec-id'] ?? '0');
  return {
    path,
    length: bytes.length,
    specId,
    content: 'data',
    sequenceNumber: 0,
    minSequenceNumber: 0,
    addedSnapshotId: snapshotId,
  };
}

const statuses = ['existing', 'added', 'deleted'] as const;

/**
 * Reads a manifest, deleted entries too. Snapshot and sequence numbers that are null are inherited from the list's
 * row (Iceberg specification, "Sequence Number Inheritance"): by added entries, and by all where the row has 0.
 */
export function readManifest(
  bytes: Uint8Array,
  manifest: ManifestFile,
  table: Pick<TableMetadata, 'schemas' | 'specs'>,
): ManifestEntry[] {
  const spec = table.specs.find(({ id }) => id === manifest.specId);
  if (!spec) throw malformed('a manifest is of a partition spec that the table does not have');
  const types = partitionTypes(spec, table.schemas);
  return readAvroFile(bytes, renameField).records.map((record) => {
    const status = statuses[integerOf(record, 'status')];
    if (!status) throw malformed('a manifest holds an entry of unknown status');
    const inherits = status === 'added' || manifest.sequenceNumber === 0;
    const inherited = inherits ? manifest.sequenceNumber : undefined;
    return {
      status,
      snapshotId: optionalOf(record, 'snapshot_id', idOf) ?? manifest.addedSnapshotId,
      sequenceNumber: optionalOf(record, 'sequence_number', integerOf) ?? inherited,
      fileSequenceNumber: optionalOf(record, 'file_sequence_number', integerOf) ?? inherited,
      file: dataFileOf(recordOf(record, 'data_file'), spec, types),
    };
  });
}

/** What the files of a manifest have in common. */
export interface ManifestTarget {
  content: 'data' | 'deletes';
  spec: PartitionSpec;
  /** All schemas of the table: the spec's source columns are found here. */
  schemas: readonly Schema[];
  /** The current schema as the metadata has it, for the header. */
  schemaJson: JsonObject;
}

/** The bytes of a manifest of version 2; sequence numbers that an entry lacks are null there, to be inherited. */
export function writeManifest(entries: readonly ManifestEntry[], target: ManifestTarget): Uint8Array {
  const { spec, schemas, schemaJson, content } = target;
  const types = partitionTypes(spec, schemas);
  const records = entries.map(
    (entry): AvroRecord => ({
      status: statuses.indexOf(entry.status),
      snapshot_id: entry.snapshotId,
      sequence_number: entry.sequenceNumber,
      file_sequence_number: entry.fileSequenceNumber,
      data_file: dataFileRecord(entry.file, spec, types),
    }),
  );
  const fields = spec.fields.map(({ id, sourceId, name, transform }) => ({
    name,
    transform,
    'source-id': sourceId,
    'field-id': id,
  }));
  const header = {
    schema: printJson(schemaJson),
    'schema-id': String(schemaJson['schema-id'] ?? 0),
    'partition-spec': printJson(fields),
    'partition-spec-id': String(spec.id),
    'format-version': '2',
    content,
  };
  return writeAvroFile(manifestSchema(spec, types), records, header, { rename: renameField });
}

/** The bytes of a manifest list of version 2 for a snapshot. */
export function writeManifestList(
  manifests: readonly ManifestFile[],
  snapshot: { id: bigint; parentId?: bigint; sequenceNumber: number },
): Uint8Array {
  return writeAvroFile(manifestListSchema, manifests.map(manifestRecord), {
    'snapshot-id': String(snapshot.id),
    'parent-snapshot-id': String(snapshot.parentId ?? null),
    'sequence-number': String(snapshot.sequenceNumber),
    'format-version': '2',
  });
}

const manifestRecord = (manifest: ManifestFile): AvroRecord => ({
  manifest_path: manifest.path,
  manifest_length: manifest.length,
  partition_spec_id: manifest.specId,
  content: manifest.content === 'deletes' ? 1 : 0,
  sequence_number: manifest.sequenceNumber,
  min_sequence_number: manifest.minSequenceNumber,
  added_snapshot_id: manifest.addedSnapshotId,
  added_files_count: manifest.addedFilesCount ?? 0,
  existing_files_count: manifest.existingFilesCount ?? 0,
  deleted_files_count: manifest.deletedFilesCount ?? 0,
  added_rows_count: manifest.addedRowsCount ?? 0,
  existing_rows_count: manifest.existingRowsCount ?? 0,
  deleted_rows_count: manifest.deletedRowsCount ?? 0,
  partitions: manifest.partitions?.map(({ containsNull, containsNan, lowerBound, upperBound }) => ({
    contains_null: containsNull,
    contains_nan: containsNan,
    lower_bound: lowerBound,
    upper_bound: upperBound,
  })),
});
