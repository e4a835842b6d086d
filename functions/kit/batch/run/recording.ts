import { snapshotOfRun } from '../../../../iceberg/commitLoop.ts';
import { isObject } from '../../../../iceberg/shape.ts';
import type { Committed } from './commit.ts';
import { failedName, jobResultName, type Plan, rowsOf } from './plan.ts';
import { type BatchRun, type CommitWorld, nameOf } from './world.ts';

/**
 * What the job of a run brought into its target: the snapshot of the run tells, whatever the job says of itself. A run that
 * changed nothing has none. A reason says why there is nothing to write down.
 */
export async function recordedJob(
  { catalog, files }: Pick<CommitWorld, 'catalog' | 'files'>,
  run: BatchRun,
  plan: Plan,
): Promise<{ committed: Committed } | { reason: string }> {
  const table = await catalog(plan.target.catalog).catalog.load(nameOf(plan.target));
  const snapshot = table && snapshotOfRun(table.metadata, run.run_id);
  if (snapshot)
    return {
      committed: { rows_scored: rowsOf(plan, snapshot.summary), target_snapshot_id: String(snapshot.id) },
    };
  const result = await files.read(jobResultName);
  const head = table?.metadata.currentSnapshotId;
  if (isObject(result) && result.status === 'unchanged')
    return { committed: { rows_scored: 0, target_snapshot_id: head === undefined ? null : String(head) } };
  const failed = await files.read(failedName);
  const said = isObject(failed) && typeof failed.reason === 'string' ? failed.reason : undefined;
  return { reason: said ?? 'the job ended without a commit' };
}
