import * as held from '../../adapters/workspaces/held.ts';
import { updateDeploymentConfig } from '../../contracts/deploymentConfigs.ts';
import { stale } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { addConfig } from '../kit/workspaces/configs.ts';
import { assertEnabled, nothingToUpdate, noWorkspace } from '../kit/workspaces/words.ts';

export const handler = endpoint(updateDeploymentConfig, async (given) => {
  const { workspace, name } = given.params;
  assertEnabled();
  const owner = await held.workspace(given.caller, workspace);
  if (!owner) throw noWorkspace(workspace);
  return addConfig(given, owner, { name, body: given.body }, (newest) => {
    if (!newest) throw nothingToUpdate('Deployment config', workspace, name);
    if (given.ifMatch !== undefined && given.ifMatch !== newest.entity_version) throw stale();
    return { entity_version: newest.entity_version + 1, project: newest.project };
  });
});
