import * as jobs from '../../adapters/deployments/jobs.ts';
import { getJob } from '../../contracts/service.ts';
import { maySee } from '../../domain/apiKey.ts';
import * as run from '../../domain/drift/run.ts';
import * as operation from '../../domain/operation.ts';
import { notFound } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getJob, async ({ params, caller, header }) => {
  const job = await jobs.get(params.job_id);
  if (!job || !maySee(caller, job.project_id)) throw notFound('Job');
  const shown = job.kind === 'drift' ? run.shown(job) : operation.shown(job);
  header('etag', etags[shown.status]);
  return { job: shown };
});

/** A job takes these steps and no other. */
const etags = { queued: '"0"', running: '"1"', succeeded: '"2"', failed: '"2"' };
