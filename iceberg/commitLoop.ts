import { type Change, type Derived, deriveCommit } from './commit.ts';
import type { Draft } from './commitManifests.ts';
import { fault, isFault } from './fault.ts';
import type { Snapshot, TableMetadata } from './model.ts';
import type { Catalog, LoadedTable, Storage, TableName } from './ports.ts';

/** What a commit needs of the world around it. */
export interface Around {
  catalog: Catalog;
  storage: Storage;
  /** Milliseconds. */
  now: () => number;
  /** Never the same twice; it becomes a part of file names. */
  newId: () => string;
  /** 64 random bits. */
  random64: () => bigint;
  /** Waits so many milliseconds, which were drawn from [0, most]. */
  pause: (most: number) => Promise<void>;
}

/** A run and what it wants of its target. */
export interface RunCommit {
  table: TableName;
  runId: string;
  /** Deployment, model version and source snapshot, for the summary: `slipway.` is put before their names. */
  properties: Record<string, string>;
  /** The table that was planned for; another of the same name is not written to. */
  tableUuid?: string;
  /** Asked again for every base, because what another run committed may change the answer. */
  change: (base: LoadedTable) => Promise<Change> | Change;
  /** How a run ended that is written down elsewhere: a commit that changed nothing leaves no trace in the table. */
  recorded?: () => Promise<Settled | undefined>;
  /** Milliseconds: no attempt begins after it. */
  deadline: number;
}

export interface Settled {
  /** Undefined for a table that is still empty. */
  snapshotId: bigint | undefined;
  /** Records that the snapshot brought; 0 where there was nothing to commit. */
  addedRecords: number;
  /** `already` when an earlier attempt or a copy of this run had made the commit. */
  how: 'committed' | 'already' | 'nothing';
  attempts: number;
}

const runIdKey = 'slipway.run-id';
const firstPause = 50;
const longestPause = 3_000;

/** The snapshot of a run, whichever branch it is on now. */
export const snapshotOfRun = ({ snapshots }: TableMetadata, runId: string): Snapshot | undefined =>
  snapshots.find(({ summary }) => summary[runIdKey] === runId);

/**
 * Commits a run at most once, however often and by however many it is called: every attempt first looks for the run's own
 * snapshot, and the catalog takes a commit only on the base that it was made for. Data files are written once; only
 * metadata is made anew. Throws the fault `unsettled` at the deadline.
 */
export async function commitRun(around: Around, run: RunCommit): Promise<Settled> {
  let last: Draft | undefined;
  for (let attempt = 1; ; attempt++) {
    const base = await load(around, run);
    const settled = (await run.recorded?.()) ?? alreadyIn(base, run, attempt);
    await discard(base, last);
    last = undefined;
    if (settled) return settled;
    const draft = draftOn(base, around);
    const derived = await derive(around, run, draft, attempt);
    if (!derived)
      return {
        snapshotId: base.metadata.refs.main?.snapshotId,
        addedRecords: 0,
        how: 'nothing',
        attempts: attempt,
      };
    const outcome = await commit(around, run, derived);
    if (outcome === 'committed')
      return {
        snapshotId: derived.snapshotId,
        addedRecords: recordsOf(derived.summary),
        how: 'committed',
        attempts: attempt,
      };
    // What may have been taken must not lose its files.
    if (outcome === 'conflict') last = draft;
    await wait(around, run, attempt);
  }
}

async function load({ catalog }: Around, { table, tableUuid }: RunCommit): Promise<LoadedTable> {
  const base = await catalog.load(table);
  if (!base) throw fault('tableNotFound', 'the target table is not there');
  if (tableUuid !== undefined && base.metadata.tableUuid !== tableUuid)
    throw fault('tableNotFound', 'the target table is not the one that the run was planned for');
  return base;
}

function alreadyIn({ metadata }: LoadedTable, { runId }: RunCommit, attempt: number): Settled | undefined {
  const snapshot = snapshotOfRun(metadata, runId);
  if (!snapshot) return undefined;
  return {
    snapshotId: snapshot.id,
    addedRecords: recordsOf(snapshot.summary),
    how: 'already',
    attempts: attempt,
  };
}

const recordsOf = (summary: Record<string, string>) => Number(summary['added-records'] ?? 0);

/** Takes away what a refused attempt wrote, unless the table uses it after all: then a second delivery was refused. */
async function discard({ metadata }: LoadedTable, draft: Draft | undefined): Promise<void> {
  if (!draft || metadata.snapshots.some(({ id }) => id === draft.snapshotId)) return;
  await draft.storage.remove(draft.written).catch(() => {
    // A file too many harms nobody, and the run matters more.
  });
}

function draftOn(base: LoadedTable, { storage, newId, random64 }: Around): Draft {
  const taken = new Set(base.metadata.snapshots.map(({ id }) => id));
  let snapshotId = 0n;
  while (snapshotId === 0n || taken.has(snapshotId)) snapshotId = BigInt.asUintN(63, random64());
  const sequenceNumber = base.metadata.lastSequenceNumber + 1;
  return { storage, base, snapshotId, sequenceNumber, unique: newId(), written: [] };
}

async function derive(
  { now }: Around,
  run: RunCommit,
  draft: Draft,
  attempt: number,
): Promise<Derived | undefined> {
  const properties = Object.entries(run.properties).map(([name, value]) => [`slipway.${name}`, value]);
  const change = await run.change(draft.base);
  return deriveCommit(
    draft,
    change,
    { [runIdKey]: run.runId, ...Object.fromEntries(properties) },
    { attempt, now: now() },
  );
}

/** A catalog that keeps its own rules about old snapshots is left to them. */
async function commit({ catalog }: Around, { table }: RunCommit, { requirements, updates, expiry }: Derived) {
  if (!expiry) return catalog.commit(table, requirements, updates);
  try {
    return await catalog.commit(table, requirements, [...updates, expiry]);
  } catch (error) {
    if (!isFault(error) || error.code !== 'refused') throw error;
    return catalog.commit(table, requirements, updates);
  }
}

async function wait({ now, pause }: Around, { deadline }: RunCommit, attempt: number): Promise<void> {
  const most = Math.min(longestPause, firstPause * 2 ** (attempt - 1));
  if (now() + most > deadline) throw fault('unsettled', 'the target table could not be committed to in time');
  await pause(most);
}
