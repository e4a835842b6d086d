import { slotOf } from '../../../domain/batch/run.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { beginRun } from '../runs/begin.ts';

/**
 * Start the run that a deployment was created with, if it was and is in service. Its slot is when the deployment was made,
 * so whoever does this again starts nothing new. Throws `busy` where it cannot be started.
 */
export async function beginFirstRun(deployment: Deployment): Promise<void> {
  const { batch, life, created_at, created_by } = deployment;
  if (!batch?.trigger_now || life !== 'active') return;
  await beginRun(deployment, slotOf(created_at), { actor: created_by, again: false });
}
