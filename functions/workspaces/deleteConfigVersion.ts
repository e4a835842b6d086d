import * as configs from '../../adapters/workspaces/configs.ts';
import * as held from '../../adapters/workspaces/held.ts';
import { deleteConfigVersion } from '../../contracts/deploymentConfigs.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { removeConfigs } from '../kit/workspaces/configs.ts';
import { assertEnabled, missing, wanted } from '../kit/workspaces/words.ts';

export const handler = endpoint(deleteConfigVersion, async ({ params, caller, told, ifMatch }) => {
  assertEnabled();
  const { workspace, config: name, name: version } = params;
  const number = wanted(version);
  const owner = await held.workspace(caller, workspace);
  if (!owner || number === 'none') throw missing('Deployment config', workspace, name, version);
  const read = async () => [await configs.version(owner.id, name, number)].filter((one) => one !== undefined);
  return removeConfigs(owner, { workspace, name, version, ifMatch }, read, told);
});
