import { scorePart } from '../../contracts/tasks.ts';
import { scoredPart } from '../kit/batch/run/part.ts';
import { planOf } from '../kit/batch/run/plan.ts';
import { keepReason } from '../kit/batch/run/real.ts';
import { scoringWorld } from '../kit/batch/run/scoring.ts';
import { task } from '../kit/machines/task.ts';

const seconds = 270;

/** Score one part of a run into a file that nobody sees before the commit. */
export const handler = task('scorePart', scorePart, async ({ part, ...run }) => {
  const world = scoringWorld(run, seconds);
  const plan = await planOf(world);
  if (!plan) throw new Error('a part of a run without a plan');
  const { reason } = await scoredPart(world, run, plan, part);
  if (reason === undefined) return { outcome: 'scored' as const };
  await keepReason(world.files, reason);
  return { outcome: 'failed' as const };
});
