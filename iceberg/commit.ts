import {
  addFiles,
  type Draft,
  entriesOf,
  liveManifests,
  specOf,
  writeEntries,
  writeList,
} from './commitManifests.ts';
import { summaryCounts } from './commitSummary.ts';
import { mayConcern, type Replaced, type Verdict, verdictOn } from './commitValues.ts';
import type { LiveFile } from './deletes.ts';
import { each } from './each.ts';
import { expired } from './expire.ts';
import { unsupported } from './fault.ts';
import type { JsonObject } from './json64.ts';
import type { DataFile, ManifestEntry, ManifestFile, TableMetadata } from './model.ts';
import { partitionTypes } from './partition.ts';
import { snapshotAt } from './plan.ts';
import type { Requirement, Update } from './ports.ts';
import { isObject } from './shape.ts';

/** What a run wants of the table as it is now. */
export interface Change {
  /** Data files, and files of position deletes. */
  added: readonly DataFile[];
  /** The rows of these values go, whoever wrote them. */
  replaced?: Replaced;
  /**
   * Files of position deletes for the rows of the replaced values in these data files, which hold other values too; none
   * where no row is found. It is asked only when there is such a file.
   */
  positions?: (files: readonly LiveFile[], replaced: Replaced) => Promise<readonly DataFile[]>;
}

/** A commit made for one base: what the catalog is asked, and what is written already. */
export interface Derived {
  snapshotId: bigint;
  summary: Record<string, string>;
  requirements: Requirement[];
  updates: Update[];
  /** Snapshots that a catalog may refuse to let go; last of the updates where there is one. */
  expiry?: Update;
}

/**
 * Makes the snapshot that a change is on this base and writes its manifests; undefined when nothing would change.
 * `properties` go into the summary; `now` is in milliseconds.
 */
export async function deriveCommit(
  draft: Draft,
  change: Change,
  properties: Record<string, string>,
  { attempt, now }: { attempt: number; now: number },
): Promise<Derived | undefined> {
  const { base, snapshotId, sequenceNumber } = draft;
  const { metadata } = base;
  checkTarget(metadata);
  const { kept, removed, look } = await replace(draft, change.replaced);
  const deletes = look.length > 0 && change.replaced ? await change.positions?.(look, change.replaced) : [];
  if (!deletes) throw unsupported('files of other writers that hold replaced and other rows');
  const added = [...change.added, ...deletes];
  const parent = snapshotAt(metadata);
  if (added.length + removed.length === 0) return undefined;
  const manifests = [...(await addFiles(draft, added)), ...kept];
  const summary = {
    operation: removed.length + deletes.length > 0 || added.some(isDelete) ? 'overwrite' : 'append',
    ...properties,
    ...summaryCounts({ added, removed }, parent?.summary),
  };
  const snapshot: JsonObject = {
    'snapshot-id': snapshotId,
    'sequence-number': sequenceNumber,
    'timestamp-ms': Math.max(now, metadata.lastUpdatedMs + 1),
    'manifest-list': await writeList(draft, manifests, attempt),
    'schema-id': metadata.currentSchemaId,
    summary,
  };
  if (parent) snapshot['parent-snapshot-id'] = parent.id;
  const gone = expired(metadata, now);
  return {
    snapshotId,
    summary,
    requirements: requirementsOf(metadata),
    updates: [{ action: 'add-snapshot', snapshot }, headTo(snapshotId, base.json)],
    expiry: gone.length > 0 ? { action: 'remove-snapshots', 'snapshot-ids': gone } : undefined,
  };
}

const isDelete = ({ content }: DataFile) => content !== 'data';

/** Version 1 has no position deletes, and version 3 wants a lineage of rows. */
function checkTarget({ formatVersion }: TableMetadata): void {
  if (formatVersion !== 2) throw unsupported(`format version ${formatVersion} for a target`);
}

function requirementsOf({ tableUuid, refs }: TableMetadata): Requirement[] {
  return [
    { type: 'assert-table-uuid', uuid: tableUuid ?? '' },
    { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': refs.main?.snapshotId ?? null },
  ];
}

/** How long the branch keeps its snapshots is its owner's decision and stays as it is. */
function headTo(snapshotId: bigint, table: JsonObject): Update {
  const main = isObject(table.refs) && isObject(table.refs.main) ? table.refs.main : {};
  const update: Update = {
    action: 'set-snapshot-ref',
    'ref-name': 'main',
    type: 'branch',
    'snapshot-id': snapshotId,
  };
  const retention = Object.entries(main).filter(([key]) => key.startsWith('m'));
  return { ...Object.fromEntries(retention), ...update };
}

interface Replacement {
  /** Manifests as they are now, or written anew. */
  kept: ManifestFile[];
  removed: DataFile[];
  look: LiveFile[];
}

/** Asks every live data file, of every spec, whether the replaced values are in it. */
async function replace(draft: Draft, replaced: Replaced | undefined): Promise<Replacement> {
  const manifests = await liveManifests(draft);
  const none: Replacement = { kept: manifests, removed: [], look: [] };
  if (!replaced || replaced.values.length === 0) return none;
  const parts = await each(manifests, (manifest) => replaceIn(draft, manifest, replaced));
  return {
    kept: parts.flatMap(({ kept }) => kept),
    removed: parts.flatMap(({ removed }) => removed),
    look: parts.flatMap(({ look }) => look),
  };
}

async function replaceIn(draft: Draft, manifest: ManifestFile, replaced: Replaced): Promise<Replacement> {
  const untouched: Replacement = { kept: [manifest], removed: [], look: [] };
  const { metadata } = draft.base;
  const spec = specOf(metadata, manifest.specId);
  if (
    manifest.content !== 'data' ||
    !mayConcern(manifest, spec, partitionTypes(spec, metadata.schemas), replaced)
  )
    return untouched;
  const entries = await entriesOf(draft.storage, draft.base, manifest);
  const live = entries.filter(({ status }) => status !== 'deleted');
  const judged = live.map((entry): [ManifestEntry, Verdict] => [
    entry,
    verdictOn(entry.file, spec, replaced),
  ]);
  const look = judged.flatMap(([{ file, sequenceNumber = 0 }, verdict]) =>
    verdict === 'look' ? [{ file, sequenceNumber }] : [],
  );
  const removed = judged.flatMap(([{ file }, verdict]) => (verdict === 'delete' ? [file] : []));
  if (removed.length === 0) return { ...untouched, look };
  const rewritten = judged.map(([entry, verdict]) => moved(entry, verdict, draft.snapshotId));
  return { kept: [await writeEntries(draft, rewritten)], removed, look };
}

/** Entries that are not new carry their own sequence numbers; who takes a file away signs for it. */
function moved(entry: ManifestEntry, verdict: Verdict, snapshotId: bigint): ManifestEntry {
  const own = { ...entry, fileSequenceNumber: entry.fileSequenceNumber ?? entry.sequenceNumber };
  return verdict === 'delete' ? { ...own, status: 'deleted', snapshotId } : { ...own, status: 'existing' };
}
