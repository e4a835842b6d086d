import * as held from '../../adapters/workspaces/held.ts';
import { createWorkspaceDeployment } from '../../contracts/workspaces.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { addVersion } from '../kit/workspaces/add.ts';
import { assertEnabled, exists, noWorkspace } from '../kit/workspaces/words.ts';

export const handler = endpoint(createWorkspaceDeployment, async (given) => {
  const { workspace } = given.params;
  assertEnabled();
  const project = await held.workspace(given.caller, workspace);
  if (!project) throw noWorkspace(workspace);
  return addVersion(given, project, given.body.name, (newest) => {
    if (newest) throw exists('Deployment', workspace, given.body.name);
    return { version: 1, project: given.body.project ?? null };
  });
});
