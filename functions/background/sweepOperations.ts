import { settle } from '../../adapters/deployments/changes.ts';
import * as jobs from '../../adapters/deployments/jobs.ts';
import * as operations from '../../adapters/deployments/operations.ts';
import * as runs from '../../adapters/monitoring/driftRuns.ts';
import { giveUp } from '../../domain/decide.ts';
import { failed } from '../../domain/drift/run.ts';
import { now } from '../kit/clock.ts';
import { fault, metric } from '../kit/metrics.ts';

const grace = 30_000;

const tooLate = 'The operation was not finished in time';

/** Close the jobs that nobody finished: what was reserved and never came up is then a failed deployment. */
export const handler = async (): Promise<void> => {
  for (const id of await operations.overdue(Date.now() - grace)) {
    try {
      const job = await jobs.get(id);
      if (!job) continue;
      await close(job);
      metric({ OperationsSwept: [1, 'Count'] }, { operation: id, kind: job.kind });
    } catch (error) {
      fault('sweepOperations', error);
    }
  }
};

async function close(job: jobs.Job): Promise<void> {
  if (job.kind === 'drift') {
    await runs.end(failed(job, tooLate, now()));
    return;
  }
  const { request } = job;
  await settle(request, (seen) => giveUp(request, seen, tooLate, now()), now());
}
