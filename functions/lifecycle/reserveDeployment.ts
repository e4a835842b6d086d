import { settle } from '../../adapters/deployments/changes.ts';
import { reserveDeployment } from '../../contracts/tasks.ts';
import { reserve } from '../../domain/decide.ts';
import { now } from '../kit/clock.ts';
import { stepOf } from '../kit/machines/step.ts';
import { task } from '../kit/machines/task.ts';

export const handler = task('reserveDeployment', reserveDeployment, async (request) => {
  const at = now();
  return stepOf(await settle(request, (seen) => reserve(request, seen, at), at));
});
