import { each } from './each.ts';
import { fault, malformed } from './fault.ts';
import type { JsonObject } from './json64.ts';
import {
  type ManifestTarget,
  readManifest,
  readManifestList,
  writeManifest,
  writeManifestList,
} from './manifests.ts';
import type { DataFile, ManifestEntry, ManifestFile, PartitionSpec, TableMetadata } from './model.ts';
import { partitionTypes, summarizePartitions } from './partition.ts';
import { snapshotAt } from './plan.ts';
import type { LoadedTable, Storage } from './ports.ts';
import { isObject } from './shape.ts';

/** Where a snapshot that is being made puts its files, all of them under names that nobody else uses. */
export interface Draft {
  storage: Storage;
  base: LoadedTable;
  snapshotId: bigint;
  sequenceNumber: number;
  /** Part of every file's name. */
  unique: string;
  /** All that was written so far. */
  written: string[];
}

export function specOf(table: TableMetadata, id: number): PartitionSpec {
  const spec = table.specs.find((one) => one.id === id);
  if (!spec) throw malformed('a file is of a partition spec that the table does not have');
  return spec;
}

/** The manifests of the base that list files, each with its counts. */
export async function liveManifests({ storage, base }: Draft): Promise<ManifestFile[]> {
  const { metadata } = base;
  const head = snapshotAt(metadata);
  if (!head) return [];
  if (!head.manifestList) throw fault('unsupported', 'the head of the target is a snapshot of version 1');
  const listed = readManifestList(await storage.get(head.manifestList));
  const counted = await each(listed, (manifest) => withCounts(storage, base, manifest));
  return counted.filter(({ addedFilesCount, existingFilesCount }) => addedFilesCount || existingFilesCount);
}

/** Tables that once were of version 1 may carry manifests without counts, and a list of version 2 must have them. */
async function withCounts(
  storage: Storage,
  base: LoadedTable,
  manifest: ManifestFile,
): Promise<ManifestFile> {
  if (manifest.addedFilesCount !== undefined && manifest.existingFilesCount !== undefined) return manifest;
  const entries = await entriesOf(storage, base, manifest);
  return { ...manifest, ...counts(entries) };
}

export const entriesOf = async (storage: Storage, base: LoadedTable, manifest: ManifestFile) =>
  readManifest(await storage.get(manifest.path), manifest, base.metadata);

function counts(entries: readonly ManifestEntry[]) {
  const of = (status: ManifestEntry['status']) => entries.filter((entry) => entry.status === status);
  const rows = (list: ManifestEntry[]) => list.reduce((sum, { file }) => sum + file.recordCount, 0);
  const [added, existing, deleted] = [of('added'), of('existing'), of('deleted')];
  return {
    addedFilesCount: added.length,
    existingFilesCount: existing.length,
    deletedFilesCount: deleted.length,
    addedRowsCount: rows(added),
    existingRowsCount: rows(existing),
    deletedRowsCount: rows(deleted),
  };
}

/** One manifest a spec, for data and for deletes, that brings these files. */
export async function addFiles(draft: Draft, files: readonly DataFile[]): Promise<ManifestFile[]> {
  const kinds = Map.groupBy(files, ({ content, specId }) => `${content === 'data'} ${specId}`);
  return each([...kinds.values()], (group) =>
    writeEntries(
      draft,
      group.map((file) => ({ status: 'added', snapshotId: draft.snapshotId, file: counted(file) })),
    ),
  );
}

/** Statistics that are not known are empty lists: a reader in wide use stumbles over lists that are absent. */
const counted = (file: DataFile): DataFile => ({
  ...file,
  columnSizes: file.columnSizes ?? new Map(),
  valueCounts: file.valueCounts ?? new Map(),
  nullValueCounts: file.nullValueCounts ?? new Map(),
  nanValueCounts: file.nanValueCounts ?? new Map(),
  lowerBounds: file.lowerBounds ?? new Map(),
  upperBounds: file.upperBounds ?? new Map(),
});

/** Writes a manifest of entries that are of one spec and kind; there is at least one. */
export async function writeEntries(draft: Draft, entries: readonly ManifestEntry[]): Promise<ManifestFile> {
  const { metadata, json } = draft.base;
  const first = entries[0]?.file;
  const spec = specOf(metadata, first?.specId ?? metadata.defaultSpecId);
  const content = first?.content === 'data' ? 'data' : 'deletes';
  const target: ManifestTarget = { content, spec, schemas: metadata.schemas, schemaJson: schemaJson(json) };
  const bytes = writeManifest(entries, target);
  const path = await put(draft, `${draft.unique}-m${draft.written.length}.avro`, bytes);
  const live = entries.flatMap((entry) =>
    entry.status === 'deleted' ? [] : [entry.sequenceNumber ?? draft.sequenceNumber],
  );
  return {
    path,
    length: bytes.length,
    specId: spec.id,
    content,
    sequenceNumber: draft.sequenceNumber,
    minSequenceNumber: live.reduce((least, number) => Math.min(least, number), draft.sequenceNumber),
    addedSnapshotId: draft.snapshotId,
    ...counts(entries),
    partitions: summarizePartitions(
      entries.map(({ file }) => file),
      partitionTypes(spec, metadata.schemas),
    ),
  };
}

/** Writes the manifest list; what it gives is the path. */
export function writeList(
  draft: Draft,
  manifests: readonly ManifestFile[],
  attempt: number,
): Promise<string> {
  const { base, snapshotId, sequenceNumber, unique } = draft;
  const parentId = base.metadata.refs.main?.snapshotId;
  const bytes = writeManifestList(manifests, { id: snapshotId, parentId, sequenceNumber });
  return put(draft, `snap-${snapshotId}-${attempt}-${unique}.avro`, bytes);
}

async function put(draft: Draft, name: string, bytes: Uint8Array): Promise<string> {
  const path = `${draft.base.metadata.location}/metadata/${name}`;
  draft.written.push(path);
  await draft.storage.put(path, bytes);
  return path;
}

function schemaJson(table: JsonObject): JsonObject {
  const schemas = Array.isArray(table.schemas) ? table.schemas.filter(isObject) : [];
  const current = schemas.find((schema) => schema['schema-id'] === table['current-schema-id']);
  if (!current) throw malformed('the table has no current schema');
  return current;
}
