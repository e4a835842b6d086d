import * as held from '../../adapters/workspaces/held.ts';
import { updateWorkspaceDeployment } from '../../contracts/workspaces.ts';
import { stale } from '../../domain/problem.ts';
import { isExternal } from '../../domain/workspaces/external.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { addVersion } from '../kit/workspaces/add.ts';
import { assertEnabled, managed, nothingToUpdate, noWorkspace } from '../kit/workspaces/words.ts';

export const handler = endpoint(updateWorkspaceDeployment, async (given) => {
  const { workspace, name } = given.params;
  assertEnabled();
  const project = await held.workspace(given.caller, workspace);
  if (!project) throw noWorkspace(workspace);
  return addVersion(given, project, name, (newest) => {
    if (!newest) throw nothingToUpdate('Deployment', workspace, name);
    if (!isExternal(newest)) throw managed(workspace, name);
    if (given.ifMatch !== undefined && given.ifMatch !== newest.rev) throw stale();
    return { version: newest.version + 1, project: newest.project };
  });
});
