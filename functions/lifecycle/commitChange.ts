import { settle } from '../../adapters/deployments/changes.ts';
import { commitChange } from '../../contracts/tasks.ts';
import { carryOut, giveUp } from '../../domain/decide.ts';
import { now } from '../kit/clock.ts';
import { endOf } from '../kit/machines/step.ts';
import { task } from '../kit/machines/task.ts';

export const handler = task('commitChange', commitChange, async ({ request, probe }) => {
  const at = now();
  const settled = await settle(
    request,
    (seen) =>
      probe.outcome === 'passed' ? carryOut(request, seen, at) : giveUp(request, seen, probe.reason, at),
    at,
  );
  return endOf(settled);
});
