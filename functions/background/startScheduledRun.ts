import * as z from 'zod';
import * as deployments from '../../adapters/deployments/deployments.ts';
import { slotOf } from '../../domain/batch/run.ts';
import { wantedSchedule } from '../../domain/batch/schedule.ts';
import { Id } from '../../domain/fields.ts';
import { beginRun } from '../kit/runs/begin.ts';

/** What a schedule calls with: the slot is the moment that was planned. */
const Call = z.object({ deployment_id: Id, scheduled_at: z.iso.datetime({ offset: true }) });

/** Start the run of a slot; delivered twice, it is one run. What was stopped meanwhile is not run. */
export const handler = async (event: unknown): Promise<void> => {
  const { deployment_id, scheduled_at } = Call.parse(event);
  const deployment = await deployments.find(deployment_id);
  if (!deployment || !wantedSchedule(deployment)) return;
  await beginRun(deployment, slotOf(scheduled_at), { actor: 'schedule', again: false });
};
