import * as deployments from '../../adapters/deployments/deployments.ts';
import * as runs from '../../adapters/monitoring/driftRuns.ts';
import { computeDrift } from '../../contracts/tasks.ts';
import { finished, isOver, mayWait, started } from '../../domain/drift/run.ts';
import { summary } from '../../domain/drift/stored.ts';
import { now } from '../kit/clock.ts';
import { compute } from '../kit/drift/compute.ts';
import { isCounted } from '../kit/drift/counted.ts';
import { task } from '../kit/machines/task.ts';

/** A computation that somebody asked for: it includes what was logged until then, or says that it does not. */
export const handler = task('computeDrift', computeDrift, async ({ job_id }) => {
  const asked = await runs.get(job_id);
  if (!asked || isOver(asked)) return { outcome: 'over' as const };
  const run = asked.state === 'queued' ? started(asked, now()) : asked;
  if (run !== asked) await runs.start(run);
  const deployment = await deployments.find(run.deployment_id);
  if (!deployment) throw new Error('a computation of drift without its deployment');
  const partial = !(await isCounted(deployment, Date.parse(run.created_at)));
  if (partial && mayWait(run, Date.now())) return { outcome: 'behind' as const };
  const result = await compute(deployment, { now: Date.now(), partial, actor: run.actor });
  await runs.end(finished(run, summary(result), now()));
  return { outcome: 'over' as const };
});
