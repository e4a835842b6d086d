import * as machines from '../../../adapters/aws/machines.ts';
import * as runs from '../../../adapters/monitoring/driftRuns.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { asked, isOver, type Run } from '../../../domain/drift/run.ts';
import { busy } from '../../../domain/problem.ts';
import { now } from '../clock.ts';
import { fault } from '../metrics.ts';

/**
 * Begin to compute, or join what is being computed. The machine is started again under the name of its run: that does
 * nothing where it runs, and heals what stopped between writing the run down and starting it.
 */
export async function beginDrift(
  { id: deployment_id, project_id }: Deployment,
  given: { operationId: string; before?: string; actor: string },
): Promise<Run> {
  // What the first sending of this request began.
  const earlier = given.before === undefined ? undefined : await runs.get(given.before);
  const wanted = asked({ id: given.operationId, project_id, deployment_id, actor: given.actor }, now());
  const run = earlier ?? (await runs.begin(wanted, Date.now()));
  if (isOver(run)) return run;
  await machines.startDrift(run).catch((error) => {
    fault('runDrift', error);
    throw busy();
  });
  return run;
}
