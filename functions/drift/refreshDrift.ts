import * as deployments from '../../adapters/deployments/deployments.ts';
import * as runs from '../../adapters/monitoring/driftRuns.ts';
import { refreshDrift } from '../../contracts/tasks.ts';
import { compute } from '../kit/drift/compute.ts';
import { each } from '../kit/lists.ts';
import { task } from '../kit/machines/task.ts';
import { fault, metric } from '../kit/metrics.ts';

const atOnce = 4;

/** The hour's drift of some deployments. One that fails does not stop the others; one that is being computed is left. */
export const handler = task('refreshDrift', refreshDrift, async ({ deployments: some }) => {
  const outcomes = await each(some, refresh, atOnce);
  const failed = outcomes.filter((outcome) => outcome === 'failed').length;
  if (failed > 0) metric({ DriftFailed: [failed, 'Count'] }, { operationId: 'refreshDrift' });
  return { outcome: 'done' as const, failed };
});

async function refresh({ project_id, deployment_id }: { project_id: string; deployment_id: string }) {
  try {
    const deployment = await deployments.get(project_id, 'online', deployment_id);
    const now = Date.now();
    if (!deployment || (await runs.current(deployment_id, now))) return 'left';
    await compute(deployment, { now, partial: false, actor: 'slipway' });
    return 'computed';
  } catch (error) {
    fault('refreshDrift', error);
    return 'failed';
  }
}
