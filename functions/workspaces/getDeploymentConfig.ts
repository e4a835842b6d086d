import * as configs from '../../adapters/workspaces/configs.ts';
import * as held from '../../adapters/workspaces/held.ts';
import { getDeploymentConfig } from '../../contracts/deploymentConfigs.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { showConfig } from '../kit/workspaces/show.ts';
import { missing } from '../kit/workspaces/words.ts';

export const handler = endpoint(
  getDeploymentConfig,
  async ({ params: { workspace, name }, caller, header }) => {
    const project = await held.workspace(caller, workspace);
    const found = project && (await configs.version(project.id, name, 'latest'));
    if (!found) throw missing('Deployment config', workspace, name);
    header('etag', `"${found.entity_version}"`);
    return showConfig(found, workspace);
  },
);
