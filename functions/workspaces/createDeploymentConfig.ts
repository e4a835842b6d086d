import * as held from '../../adapters/workspaces/held.ts';
import { createDeploymentConfig } from '../../contracts/deploymentConfigs.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { addConfig } from '../kit/workspaces/configs.ts';
import { exists, noWorkspace } from '../kit/workspaces/words.ts';

export const handler = endpoint(createDeploymentConfig, async (given) => {
  const { workspace } = given.params;
  const { name, project, ...body } = given.body;
  const owner = await held.workspace(given.caller, workspace);
  if (!owner) throw noWorkspace(workspace);
  return addConfig(given, owner, { name, body }, (newest) => {
    if (newest) throw exists('Deployment config', workspace, name);
    return { entity_version: 1, project: project ?? null };
  });
});
