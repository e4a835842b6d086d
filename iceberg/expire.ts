import type { TableMetadata } from './model.ts';

/** Tables that carry this property were created here, so their history is ours to shorten. */
export const expiring = 'slipway.expire-snapshots';

const keptAtLeast = 100;
/** Metadata carries some 0.8 KB a snapshot, and catalogs refuse files beyond 20 MB. */
const keptAtMost = 2_000;
/** As long as a run may be started again and look for its own snapshot. */
const keptFor = 14 * 86_400_000;

/**
 * The snapshots that a commit takes out of the metadata: all but the newest hundred or those of fourteen days, whichever
 * is more, and never one that a reference points at. `adding` counts snapshots that the same commit brings.
 */
export function expired(table: TableMetadata, now: number, adding = 1): bigint[] {
  if (table.properties[expiring] !== 'true') return [];
  const pointed = new Set(Object.values(table.refs).map(({ snapshotId }) => snapshotId));
  const newest = [...table.snapshots].sort((a, b) => b.sequenceNumber - a.sequenceNumber);
  const young = newest.filter(({ timestampMs }) => timestampMs > now - keptFor).length;
  const kept = Math.min(Math.max(keptAtLeast, young + adding), keptAtMost) - adding;
  return newest
    .slice(kept)
    .map(({ id }) => id)
    .filter((id) => !pointed.has(id));
}
