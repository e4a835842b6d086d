import * as images from '../../adapters/batch/runImages.ts';
import { planRun } from '../../contracts/tasks.ts';
import { isOver } from '../../domain/batch/run.ts';
import { predictImage } from '../../scoring/image/predict.ts';
import { asked } from '../kit/batch/run/asked.ts';
import { planningWorld } from '../kit/batch/run/describing.ts';
import { nextOf } from '../kit/batch/run/plan.ts';
import { plannedRun } from '../kit/batch/run/planning.ts';
import { keepReason, note, recordOf } from '../kit/batch/run/real.ts';
import { reasonOf } from '../kit/batch/run/world.ts';
import { task } from '../kit/machines/task.ts';

const seconds = 270;

/** Freeze what a run reads, scores with and writes to, and cut it into parts. */
export const handler = task('planRun', planRun, async (run) => {
  const world = planningWorld(run, seconds, (ir) => images.keep(run.run_id, predictImage(ir)));
  const { bucket, at } = world.files;
  const record = await recordOf(run);
  if (isOver(record)) return { outcome: 'over' as const, parts: { bucket, name: '' } };
  try {
    const plan = await plannedRun(world, run, await asked(run));
    const { source, model } = plan;
    await note(record, 'running', {
      resolved_model_version: model.version,
      source_snapshot_id: source.snapshot_id,
    });
    const { outcome, name } = nextOf(plan);
    return { outcome, parts: { bucket, name: at(name) } };
  } catch (error) {
    await keepReason(world.files, reasonOf(error));
    return { outcome: 'failed' as const, parts: { bucket, name: '' } };
  }
});
