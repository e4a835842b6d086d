import { env } from '../../../adapters/aws/env.ts';
import { invoke } from '../../../adapters/aws/invoke.ts';
import * as machines from '../../../adapters/aws/machines.ts';
import * as open from '../../../adapters/batch/openRuns.ts';
import * as runs from '../../../adapters/batch/runs.ts';
import type { Overdue } from '../../../adapters/deployments/operations.ts';
import { advanced, type BatchRun, isOver } from '../../../domain/batch/run.ts';
import { careOf, nextLook } from '../../../domain/batch/watch.ts';
import { now } from '../clock.ts';
import { metric } from '../metrics.ts';

/**
 * See that a run gets to an end although its machine was never started, or ended without saying so. How one ended is found
 * out by the step that would have said it, which looks into the target.
 */
export async function watchRun(found: Overdue & { dep: string }): Promise<void> {
  const run = await runs.get(found.dep, found.id);
  if (!run || isOver(run)) {
    await open.letGo(found);
    return;
  }
  const care = careOf(run, await machines.stateOfBatch(run), Date.now());
  if (care === 'start') await machines.startBatch(run);
  if (care === 'end') await invoke(env('ENDRUN_ARN'), inputOf(run));
  if (care === 'giveUp')
    await runs.save(advanced(run, 'failed', { error_message: 'The run could not be started' }, now()));
  await open.lookAgain(found, nextLook(run, Date.now()));
  if (care !== 'wait') metric({ GivenUp: [1, 'Count'] }, { operation: run.run_id, kind: 'run', care });
}

const inputOf = ({ project_id, deployment_id, run_id, scheduled_at }: BatchRun) => ({
  project_id,
  deployment_id,
  run_id,
  scheduled_at,
});
