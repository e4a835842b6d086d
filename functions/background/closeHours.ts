import * as marks from '../../adapters/marks.ts';
import { isOverdue } from '../../domain/aggregates/hours.ts';
import { closableHours, closeHour } from '../kit/aggregates/closeHour.ts';
import { each } from '../kit/lists.ts';
import { fault, metric } from '../kit/metrics.ts';

/** Close the hours that are over, where all that was logged is counted; say how many are late. */
export const handler = async (): Promise<void> => {
  const now = Date.now();
  const found = await each(closableHours(now), async (hour) =>
    (await marks.deploymentsIn(hour)).map((deploymentId) => ({ deploymentId, hour })),
  );
  const overdue = await each(found.flat(), async ({ deploymentId, hour }) => {
    const outcome = await closeHour(deploymentId, hour).catch((error) => fault('closeHours', error));
    return outcome !== 'closed' && isOverdue(hour, now) ? 1 : 0;
  });
  const late = overdue.reduce((sum: number, one) => sum + one, 0);
  if (late > 0) metric({ LogsUncounted: [late, 'Count'] }, { operationId: 'closeHours' });
};
