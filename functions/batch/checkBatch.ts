import { checkBatch } from '../../contracts/tasks.ts';
import { asked } from '../kit/batch/run/asked.ts';
import { checkTables } from '../kit/batch/run/check.ts';
import { planningWorld } from '../kit/batch/run/describing.ts';
import { assertAlone } from '../kit/batch/run/rivals.ts';
import { reasonOf } from '../kit/batch/run/world.ts';
import { now } from '../kit/clock.ts';
import { task } from '../kit/machines/task.ts';

const seconds = 35;

/** See that source, filter, model and target of a deployment fit together before it serves. */
export const handler = task('checkBatch', checkBatch, async (of) => {
  const run = { ...of, run_id: of.deployment_id, scheduled_at: now() };
  try {
    const wanted = await asked(of);
    await checkTables(planningWorld(run, seconds), run, wanted);
    await assertAlone(of, wanted.definition);
    return { outcome: 'passed' as const, reason: '' };
  } catch (error) {
    return { outcome: 'failed' as const, reason: reasonOf(error) };
  }
});
