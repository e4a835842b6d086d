import { runFiles } from '../../../../adapters/batch/runFiles.ts';
import { catalogWorld } from '../../../../adapters/iceberg/catalogs.ts';
import { snapshotOfRun } from '../../../../iceberg/commitLoop.ts';
import { isObject } from '../../../../iceberg/shape.ts';
import { failedName, planOf, rowsOf } from './plan.ts';
import { type BatchRun, nameOf } from './world.ts';

interface Ending {
  status: 'failed' | 'succeeded';
  error_message?: string;
  rows_scored?: number;
  rows_failed?: number;
  target_snapshot_id?: string;
}

/** How a run ended that its machine gave up: a commit may have been taken although nobody heard of it. */
export async function ending({ run_id }: BatchRun): Promise<Ending> {
  const files = runFiles(run_id);
  const plan = await planOf({ files });
  const table = plan && (await catalogWorld(plan.target.catalog).catalog.load(nameOf(plan.target)));
  const snapshot = table && snapshotOfRun(table.metadata, run_id);
  if (plan && snapshot)
    return {
      status: 'succeeded',
      rows_scored: rowsOf(plan, snapshot.summary),
      rows_failed: 0,
      target_snapshot_id: String(snapshot.id),
    };
  const failed = await files.read(failedName);
  const reason = isObject(failed) && typeof failed.reason === 'string' ? failed.reason : undefined;
  return { status: 'failed', error_message: reason ?? 'The run did not come to its end' };
}
