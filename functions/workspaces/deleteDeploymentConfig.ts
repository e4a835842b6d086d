import * as configs from '../../adapters/workspaces/configs.ts';
import * as held from '../../adapters/workspaces/held.ts';
import { deleteDeploymentConfig } from '../../contracts/deploymentConfigs.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { removeConfigs } from '../kit/workspaces/configs.ts';
import { assertEnabled, missing } from '../kit/workspaces/words.ts';

export const handler = endpoint(deleteDeploymentConfig, async ({ params, caller, told, ifMatch }) => {
  assertEnabled();
  const owner = await held.workspace(caller, params.workspace);
  if (!owner) throw missing('Deployment config', params.workspace, params.name);
  const read = () => configs.versions(owner.id, params.name);
  return removeConfigs(owner, { ...params, ifMatch }, read, told);
});
