import { settle } from '../../adapters/deployments/changes.ts';
import * as jobs from '../../adapters/deployments/jobs.ts';
import * as operations from '../../adapters/deployments/operations.ts';
import * as runs from '../../adapters/monitoring/driftRuns.ts';
import { giveUp } from '../../domain/decide.ts';
import { failed } from '../../domain/drift/run.ts';
import { now } from '../kit/clock.ts';
import { fault, metric } from '../kit/metrics.ts';
import { watchRun } from '../kit/runs/watch.ts';

const grace = 30_000;

const tooLate = 'The operation was not finished in time';

/**
 * Close the jobs that nobody finished: what was reserved and never came up is then a failed deployment. Runs of batch
 * deployments are looked after last, for they may be many.
 */
export const handler = async (): Promise<void> => {
  const overdue = await operations.overdue(Date.now() - grace);
  for (const { id, dep } of overdue) if (dep === undefined) await tried(() => sweep(id));
  for (const { dep, ...run } of overdue) if (dep !== undefined) await tried(() => watchRun({ ...run, dep }));
};

const tried = (work: () => Promise<void>) => work().catch((error) => fault('sweepOperations', error));

async function sweep(id: string): Promise<void> {
  const job = await jobs.get(id);
  if (!job) return;
  await close(job);
  metric({ GivenUp: [1, 'Count'] }, { operation: id, kind: job.kind });
}

async function close(job: jobs.Job): Promise<void> {
  if (job.kind === 'drift') {
    await runs.end(failed(job, tooLate, now()));
    return;
  }
  const { request } = job;
  await settle(request, (seen) => giveUp(request, seen, tooLate, now()), now());
}
