import { settle } from '../../adapters/changes.ts';
import { commitChange } from '../../contracts/tasks.ts';
import { carryOut, giveUp } from '../../domain/change.ts';
import { now } from '../kit/clock.ts';
import { endOf } from '../kit/step.ts';
import { task } from '../kit/task.ts';

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
