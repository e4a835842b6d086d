import { settle } from '../../adapters/deployments/changes.ts';
import * as operations from '../../adapters/deployments/operations.ts';
import { beginOperation } from '../../contracts/tasks.ts';
import { foresee } from '../../domain/decide.ts';
import { now } from '../kit/clock.ts';
import { stepOf } from '../kit/machines/step.ts';
import { task } from '../kit/machines/task.ts';

export const handler = task('beginOperation', beginOperation, async (request) => {
  await operations.begin(request);
  if (request.kind === 'deploy') return stepOf({ open: null });
  const at = now();
  return stepOf(await settle(request, (seen) => foresee(request, seen, at), at));
});
