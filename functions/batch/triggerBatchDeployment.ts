import { triggerBatchDeployment } from '../../contracts/batch.ts';
import { shownRun, slotOf } from '../../domain/batch/run.ts';
import { assertPast, assertRunnable } from '../../domain/batch/trigger.ts';
import { assertBatch, loadManaged } from '../kit/batch/named.ts';
import { now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { beginRun } from '../kit/runs/begin.ts';

export const handler = endpoint(triggerBatchDeployment, async ({ params, body, caller }) => {
  const wanted = body.scheduled_at ?? now();
  assertPast(wanted, Date.now());
  const deployment = await loadManaged(caller, params);
  assertBatch(deployment);
  assertRunnable(deployment);
  return shownRun(await beginRun(deployment, slotOf(wanted), { actor: caller.id, again: true }));
});
