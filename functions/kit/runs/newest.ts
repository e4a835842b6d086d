import * as runs from '../../../adapters/batch/runs.ts';
import { asOf, type BatchRun } from '../../../domain/batch/run.ts';

/** The newest runs of a deployment as things are now, at most so many. */
export async function newestRuns(of: { project_id: string; id: string }, most: number): Promise<BatchRun[]> {
  const now = Date.now();
  return (await runs.newest(of, most)).map((run) => asOf(run, now));
}
