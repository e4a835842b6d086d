import { parseCron, toEventBridge } from '../cron.ts';
import type { Deployment } from '../deployment.ts';
import { scheduleName } from './config.ts';

/** What starts the runs of a deployment by itself. */
export interface Schedule {
  name: string;
  /** As EventBridge writes it. */
  expression: string;
  /** IANA. */
  timezone: string;
  deployment_id: string;
}

/** The schedule that a deployment should have now; undefined: none. */
export function wantedSchedule(deployment: Deployment | undefined): Schedule | undefined {
  const { batch } = deployment ?? {};
  if (deployment?.life !== 'active' || !batch?.schedule) return undefined;
  const read = parseCron(batch.schedule);
  if ('why' in read) throw new Error('invariant_broken: a schedule was stored that nobody can read');
  return {
    name: scheduleName(deployment.id),
    expression: toEventBridge(read.cron),
    timezone: batch.schedule_timezone,
    deployment_id: deployment.id,
  };
}
