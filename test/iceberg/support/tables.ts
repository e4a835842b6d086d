import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { icebergFileCatalog } from '../../../adapters/iceberg/fileCatalog.ts';
import type { Change } from '../../../iceberg/commit.ts';
import { type Around, commitRun, type RunCommit, type Settled } from '../../../iceberg/commitLoop.ts';
import { newTarget } from '../../../iceberg/createTable.ts';
import { fault } from '../../../iceberg/fault.ts';
import { readManifest, readManifestList } from '../../../iceberg/manifests.ts';
import type { DataFile, ManifestEntry, ManifestFile } from '../../../iceberg/model.ts';
import type { LoadedTable, NewTable, Storage } from '../../../iceberg/ports.ts';
import { valueToBytes } from '../../../iceberg/values.ts';

export const name = { namespace: ['scores'], name: 'churn' };

/** Files that are nowhere but here. */
export function memoryStorage(files = new Map<string, Uint8Array>()): Storage & { files: typeof files } {
  const at = (path: string) => {
    const bytes = files.get(path);
    if (!bytes) throw fault('fileNotFound', 'a file of the table is not there');
    return bytes;
  };
  return {
    files,
    get: async (path, range) => at(path).subarray(range?.start, range?.end),
    size: async (path) => at(path).length,
    put: async (path, bytes, options) => {
      if (options?.ifAbsent && files.has(path)) return 'exists';
      files.set(path, Uint8Array.from(bytes));
      return 'written';
    },
    remove: async (paths) => {
      for (const path of paths) files.delete(path);
    },
  };
}

/** The world around commits on a file catalog; waiting is short. */
export function around(storage: Storage, root = '/warehouse', more: Partial<Around> = {}): Around {
  return {
    storage,
    catalog: icebergFileCatalog({ storage, root, now: Date.now, newId: randomUUID }),
    now: Date.now,
    newId: randomUUID,
    random64: () => randomBytes(8).readBigUInt64BE(),
    pause: (most) => sleep((Math.random() * most) / 3),
    ...more,
  };
}

/** A table without a snapshot, in a storage of its own. */
export async function emptyTable(more: Partial<Around> = {}) {
  const storage = memoryStorage();
  const world = around(storage, '/warehouse', more);
  await world.catalog.create(name, target);
  return { storage, world };
}

export const target: NewTable = newTarget({
  entity: [{ name: 'id', type: { type: 'long' } }],
  outputs: [{ name: 'prediction', type: { type: 'double' } }],
  partition: 'day',
});
const scoredAt = { id: 5, name: 'scored_at', required: false, type: { type: 'timestamptz' } } as const;

export const day = 86_400_000_000n;
export const micros = (iso: string) => BigInt(Date.parse(iso)) * 1_000n;

/** The data file of one slot, as a scored part would describe it. */
export function slotFile(path: string, slot: bigint, rows = 10): DataFile {
  const bound = new Map([[scoredAt.id, valueToBytes(scoredAt.type, slot)]]);
  return {
    content: 'data',
    path,
    format: 'parquet',
    specId: 0,
    partition: [Number(slot / day)],
    recordCount: rows,
    sizeBytes: 1_000,
    valueCounts: new Map([[scoredAt.id, rows]]),
    nullValueCounts: new Map([[scoredAt.id, 0]]),
    lowerBounds: bound,
    upperBounds: bound,
  };
}

/** Replace what a slot holds by these files. */
export const overwrite = (slot: bigint, added: DataFile[]): Change => ({
  added,
  replaced: { field: scoredAt, values: [slot] },
});

export function run(
  world: Around,
  runId: string,
  change: RunCommit['change'],
  more: Partial<RunCommit> = {},
) {
  const properties = { deployment: 'd', 'model-version': '1', 'source-snapshot': '7' };
  return commitRun(world, { table: name, runId, properties, change, deadline: Date.now() + 60_000, ...more });
}
export type { Settled };

export async function loaded({ catalog }: Around): Promise<LoadedTable> {
  const found = await catalog.load(name);
  if (!found) throw new Error('there is no table');
  return found;
}

/** The manifests of a snapshot (of the head where none is named) with their entries. */
export async function manifestsOf(
  world: Around,
  snapshotId?: bigint,
): Promise<{ manifest: ManifestFile; entries: ManifestEntry[] }[]> {
  const { metadata } = await loaded(world);
  const id = snapshotId ?? metadata.currentSnapshotId;
  const list = metadata.snapshots.find((one) => one.id === id)?.manifestList;
  if (!list) return [];
  const manifests = readManifestList(await world.storage.get(list));
  return Promise.all(
    manifests.map(async (manifest) => ({
      manifest,
      entries: readManifest(await world.storage.get(manifest.path), manifest, metadata),
    })),
  );
}

export async function liveEntries(world: Around, snapshotId?: bigint): Promise<ManifestEntry[]> {
  const manifests = await manifestsOf(world, snapshotId);
  return manifests.flatMap(({ entries }) => entries).filter(({ status }) => status !== 'deleted');
}

export const livePaths = async (world: Around, snapshotId?: bigint): Promise<string[]> =>
  (await liveEntries(world, snapshotId)).map(({ file }) => file.path).sort();
