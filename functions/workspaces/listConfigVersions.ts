import * as configs from '../../adapters/workspaces/configs.ts';
import * as held from '../../adapters/workspaces/held.ts';
import { listConfigVersions } from '../../contracts/deploymentConfigs.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { showConfig } from '../kit/workspaces/show.ts';

export const handler = endpoint(listConfigVersions, async ({ params: { workspace, name }, caller }) => {
  const project = await held.workspace(caller, workspace);
  const found = project ? await configs.versions(project.id, name) : [];
  return found.map((config) => showConfig(config, workspace));
});
