import * as schedules from '../../../adapters/aws/schedules.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import { scheduleName } from '../../../domain/batch/config.ts';
import { wantedSchedule } from '../../../domain/batch/schedule.ts';
import type { Deployment } from '../../../domain/deployment.ts';

const mostTurns = 5;

/**
 * Make the schedule of a deployment what its state says. It is read again afterwards: whoever acts last has seen what is
 * true by then, so two events in the wrong order leave the right schedule. The batch deployment as it was read last.
 */
export async function align(id: string): Promise<Deployment | undefined> {
  let deployment = await deployments.find(id);
  if (deployment && deployment.kind !== 'batch') return undefined;
  for (let turn = 0; turn < mostTurns; turn++) {
    const wanted = wantedSchedule(deployment);
    if (wanted) await schedules.put(wanted);
    else await schedules.remove(scheduleName(id));
    const now = await deployments.find(id);
    if (now?.rev === deployment?.rev) return now;
    deployment = now;
  }
  throw new Error('the deployment changes faster than its schedule can follow');
}
