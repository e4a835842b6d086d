import { endRun } from '../../contracts/tasks.ts';
import { isOver } from '../../domain/batch/run.ts';
import { ending } from '../kit/batch/run/ending.ts';
import { note, recordOf } from '../kit/batch/run/real.ts';
import { task } from '../kit/machines/task.ts';

/** Write down that a run failed, unless its target holds what it did after all. */
export const handler = task('endRun', endRun, async (run) => {
  const record = await recordOf(run);
  if (isOver(record))
    return { outcome: record.status === 'succeeded' ? ('succeeded' as const) : ('failed' as const) };
  const { status, ...told } = await ending(run);
  await note(record, status, told);
  return { outcome: status };
});
