import * as deployments from '../../../adapters/deployments/deployments.ts';
import { isOverdue } from '../../../domain/aggregates/hours.ts';
import { metric } from '../metrics.ts';
import { closeHour } from './closeHour.ts';
import { recountHour } from './recount.ts';

/**
 * Close an hour. Where it is overdue and still not equal to its logs, their records are late or lie aside: what no
 * record has counted is counted from the logs themselves, which costs no more than reading them once.
 */
export async function settleHour(
  deploymentId: string,
  of: number,
  now: number,
): Promise<'closed' | 'left open'> {
  const outcome = await closeHour(deploymentId, of);
  if (outcome === 'closed' || !isOverdue(of, now)) return outcome;
  const deployment = await deployments.find(deploymentId);
  if (!deployment) return outcome;
  const { counted } = await recountHour(deployment, of);
  if (counted > 0) metric({ LogsRecounted: [counted, 'Count'] }, { operationId: 'closeHours' });
  return closeHour(deploymentId, of);
}
