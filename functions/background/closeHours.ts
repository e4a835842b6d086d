import * as marks from '../../adapters/aggregates/marks.ts';
import { isOverdue } from '../../domain/aggregates/hours.ts';
import { closableHours } from '../kit/aggregates/closeHour.ts';
import { settleHour } from '../kit/aggregates/settleHour.ts';
import { markUnseen } from '../kit/aggregates/unseen.ts';
import { each } from '../kit/lists.ts';
import { fault, metric } from '../kit/metrics.ts';

/** Close the hours that are over, where all that was logged is counted; say how many are late or not even begun. */
export const handler = async (): Promise<void> => {
  const now = Date.now();
  const unseen = await markUnseen(now).catch((error) => fault('closeHours', error) ?? 0);
  const found = await each(closableHours(now), async (hour) =>
    (await marks.deploymentsIn(hour)).map((deploymentId) => ({ deploymentId, hour })),
  );
  const overdue = await each(found.flat(), async ({ deploymentId, hour }) => {
    const outcome = await settleHour(deploymentId, hour, now).catch((error) => fault('closeHours', error));
    return outcome !== 'closed' && isOverdue(hour, now) ? 1 : 0;
  });
  const late = overdue.reduce((sum: number, one) => sum + one, unseen);
  if (late > 0) metric({ LogsUncounted: [late, 'Count'] }, { operationId: 'closeHours' });
};
