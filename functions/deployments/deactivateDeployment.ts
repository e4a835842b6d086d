import * as deployments from '../../adapters/deployments/deployments.ts';
import { deactivateDeployment } from '../../contracts/deployments.ts';
import { assertRole } from '../../domain/batch/roles.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { asked, finished } from '../kit/machines/run.ts';

export const handler = endpoint(deactivateDeployment, async (given) => {
  const deployment = await deployments.load(given.caller, given.params.deployment_id);
  assertRole(given.caller, deployment);
  return finished({ kind: 'deactivate', ...asked(deployment, given) }, given);
});
