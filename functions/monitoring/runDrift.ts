import * as deployments from '../../adapters/deployments/deployments.ts';
import { runDrift } from '../../contracts/monitoring.ts';
import { beginDrift } from '../kit/drift/begin.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(runDrift, async ({ params, caller, operationId, before, header }) => {
  const deployment = await deployments.load(caller, params.deployment_id);
  const run = await beginDrift(deployment, { operationId, before, actor: caller.id });
  header('location', `/api/jobs/${run.id}`);
  return { ok: true as const, job_id: run.id };
});
