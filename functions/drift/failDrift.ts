import * as runs from '../../adapters/monitoring/driftRuns.ts';
import { failDrift } from '../../contracts/tasks.ts';
import { failed, isOver } from '../../domain/drift/run.ts';
import { now } from '../kit/clock.ts';
import { task } from '../kit/machines/task.ts';

/** Say that a computation failed, so that the next one may begin at once. */
export const handler = task('failDrift', failDrift, async ({ job_id }) => {
  const run = await runs.get(job_id);
  if (run && !isOver(run)) await runs.end(failed(run, 'Drift could not be computed', now()));
  return { outcome: 'over' as const };
});
