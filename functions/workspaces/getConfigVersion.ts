import * as configs from '../../adapters/workspaces/configs.ts';
import * as held from '../../adapters/workspaces/held.ts';
import { getConfigVersion } from '../../contracts/deploymentConfigs.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { showConfig } from '../kit/workspaces/show.ts';
import { missing, wanted } from '../kit/workspaces/words.ts';

export const handler = endpoint(getConfigVersion, async ({ params, caller, header }) => {
  const { workspace, config, name } = params;
  const version = wanted(name);
  const project = await held.workspace(caller, workspace);
  const found = project && version !== 'none' && (await configs.version(project.id, config, version));
  if (!found) throw missing('Deployment config', workspace, config, name);
  header('etag', `"${found.entity_version}"`);
  return showConfig(found, workspace);
});
