import * as deployments from '../../adapters/deployments/deployments.ts';
import { rollbackDeployment } from '../../contracts/deployments.ts';
import { newId } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { asked, finished } from '../kit/machines/run.ts';

export const handler = endpoint(rollbackDeployment, async (given) => {
  const deployment = await deployments.load(given.caller, given.params.deployment_id);
  const target = { ...given.body, new_deployment_id: newId() };
  return finished({ kind: 'rollback', ...target, ...asked(deployment, given) }, given);
});
