import * as deployments from '../../adapters/deployments/deployments.ts';
import { promoteDeployment } from '../../contracts/deployments.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { asked, finished } from '../kit/machines/run.ts';

export const handler = endpoint(promoteDeployment, async (given) => {
  const deployment = await deployments.load(given.caller, given.params.deployment_id);
  return finished({ kind: 'promote', ...asked(deployment, given) }, given);
});
