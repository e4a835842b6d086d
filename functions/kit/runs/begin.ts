import * as machines from '../../../adapters/aws/machines.ts';
import * as runs from '../../../adapters/batch/runs.ts';
import { asOf, type BatchRun, isOver, queued, runId, runName } from '../../../domain/batch/run.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { busy } from '../../../domain/problem.ts';
import { now } from '../clock.ts';
import { fault } from '../metrics.ts';

const tries = 8;

/** Who asks for a run, and whether a slot that was run to its end is to be run again. */
export interface Asking {
  actor: string;
  again: boolean;
}

/**
 * Queue the run of a slot and start it, or join the one that goes on; a slot that was run is only run again where that is
 * asked for. The machine is started under the name of its run: to do so twice is the same as once, and heals what
 * stopped between writing the run down and starting it. Throws `busy` where it cannot be started.
 */
export async function beginRun(deployment: Deployment, slot: string, asking: Asking): Promise<BatchRun> {
  const run = await noted(deployment, slot, asking);
  if (isOver(run)) return run;
  await machines.startBatch(run).catch((error) => {
    fault('beginRun', error);
    throw busy();
  });
  return run;
}

async function noted({ id, project_id }: Deployment, slot: string, asking: Asking): Promise<BatchRun> {
  for (let tried = 0; tried < tries; tried++) {
    const again = await runs.repeats(id, slot);
    const last = again === undefined ? undefined : await runs.get(id, runId(runName(id, slot, again)));
    if (last && !(isOver(asOf(last, Date.now())) && asking.again)) return last;
    const next = again === undefined ? 0 : again + 1;
    const wanted = { project_id, deployment_id: id, scheduled_at: slot, actor: asking.actor };
    const run = queued(wanted, next, now());
    if (await runs.add(run, next)) return run;
  }
  throw busy();
}
