import { attachDeletes, type LiveFile, type ScanFile } from './deletes.ts';
import { each } from './each.ts';
import { fault, malformed, unsupported } from './fault.ts';
import { inlineManifest, readManifest, readManifestList } from './manifests.ts';
import type { DataFile, ManifestFile, Schema, Snapshot, TableMetadata } from './model.ts';
import type { Storage } from './ports.ts';

/** The snapshot of an id, without one the head of `main`; undefined for a table that never had one. */
export function snapshotAt(table: TableMetadata, id?: bigint): Snapshot | undefined {
  const wanted = id ?? table.refs.main?.snapshotId;
  const found = table.snapshots.find((snapshot) => snapshot.id === wanted);
  if (wanted !== undefined && !found)
    throw fault('snapshotNotFound', 'the snapshot is not in the table: it never was, or it has expired');
  return found;
}

/** The schema that rows of a snapshot are read by: its own where it was asked for by id, else the current one. */
export function schemaAt(table: TableMetadata, snapshot?: Snapshot): Schema {
  const wanted = snapshot?.schemaId ?? table.currentSchemaId;
  const schema = table.schemas.find(({ id }) => id === wanted);
  if (!schema) throw malformed('a snapshot is of a schema that the table does not have');
  return schema;
}

/** Which of some things a scan needs; whatever is kept by mistake costs time only. */
export interface Pruning {
  manifests: (manifests: readonly ManifestFile[]) => Promise<readonly boolean[]>;
  files: (files: readonly DataFile[]) => Promise<readonly boolean[]>;
}

/** The manifests of a snapshot that may list live files. */
export async function manifestsOf(storage: Storage, snapshot: Snapshot): Promise<ManifestFile[]> {
  const inline = () =>
    each(snapshot.manifests ?? [], async (path) =>
      inlineManifest(path, await storage.get(path), snapshot.id),
    );
  const all = snapshot.manifestList
    ? readManifestList(await storage.get(snapshot.manifestList))
    : await inline();
  return all.filter(
    ({ addedFilesCount, existingFilesCount }) => addedFilesCount !== 0 || existingFilesCount !== 0,
  );
}

/** The live files that manifests list, in the order of the manifests. */
async function liveFiles(
  storage: Storage,
  table: TableMetadata,
  manifests: readonly ManifestFile[],
): Promise<LiveFile[]> {
  const lists = await each(manifests, async (manifest) => {
    const entries = readManifest(await storage.get(manifest.path), manifest, table);
    return entries.filter(({ status }) => status !== 'deleted');
  });
  return lists.flat().map(({ file, sequenceNumber }) => {
    if (sequenceNumber === undefined) throw malformed('a manifest holds a file without a sequence number');
    return { file: readable(file), sequenceNumber };
  });
}

/** What the engine cannot read is refused before anything is read. */
function readable(file: DataFile): DataFile {
  if (file.format === 'parquet') return file;
  if (file.format === 'puffin') throw unsupported('deletion vectors');
  throw unsupported(file.format === 'orc' ? 'ORC files' : 'data files that are not Parquet');
}

/** Every live data file of a snapshot with the deletes that may be about it. Throws faults, and what the storage throws. */
export async function planScan(
  storage: Storage,
  table: TableMetadata,
  snapshot: Snapshot | undefined,
  pruning?: Pruning,
): Promise<ScanFile[]> {
  if (!snapshot) return [];
  const manifests = await manifestsOf(storage, snapshot);
  const of = (content: ManifestFile['content']) => manifests.filter((one) => one.content === content);
  const needed = await select(of('data'), pruning?.manifests);
  const live = await liveFiles(storage, table, needed);
  const chosen = await pruning?.files(live.map(({ file }) => file));
  const data = chosen ? live.filter((_, i) => chosen[i]) : live;
  const deletes = data.length > 0 ? await liveFiles(storage, table, of('deletes')) : [];
  return attachDeletes(data, deletes, table.specs);
}

async function select<T>(
  all: T[],
  choose?: (all: readonly T[]) => Promise<readonly boolean[]>,
): Promise<T[]> {
  const chosen = await choose?.(all);
  return chosen ? all.filter((_, i) => chosen[i]) : all;
}
