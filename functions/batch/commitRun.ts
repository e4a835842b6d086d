import { commitRun } from '../../contracts/tasks.ts';
import { isOver } from '../../domain/batch/run.ts';
import { committedRun } from '../kit/batch/run/commit.ts';
import { planOf } from '../kit/batch/run/plan.ts';
import { keepReason, note, recordOf, worldOf } from '../kit/batch/run/real.ts';
import { recordedJob } from '../kit/batch/run/recording.ts';
import { task } from '../kit/machines/task.ts';

const seconds = 540;

/** Bring all parts of a run into its target by one commit, unless a job has done so; and write down that it was done. */
export const handler = task('commitRun', commitRun, async (run) => {
  const world = worldOf(run, seconds);
  const record = await recordOf(run);
  if (isOver(record)) return { outcome: 'over' as const };
  const plan = await planOf(world);
  if (!plan) throw new Error('a commit of a run without a plan');
  const bring = plan.engine === 'emr-serverless' ? recordedJob : committedRun;
  const done = await bring(world, run, plan);
  if ('reason' in done) {
    await keepReason(world.files, done.reason);
    return { outcome: 'failed' as const };
  }
  await note(record, 'succeeded', { ...done.committed, rows_failed: 0 });
  return { outcome: 'committed' as const };
});
