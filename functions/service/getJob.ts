import * as operations from '../../adapters/operations.ts';
import { getJob } from '../../contracts/service.ts';
import { maySee } from '../../domain/apiKey.ts';
import { shown } from '../../domain/operation.ts';
import { notFound } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getJob, async ({ params, caller, header }) => {
  const operation = await operations.get(params.job_id);
  if (!operation || !maySee(caller, operation.project_id)) throw notFound('Job');
  header('etag', operation.state === 'running' ? '"1"' : '"2"');
  return { job: shown(operation) };
});
