import * as held from '../../adapters/workspaces/held.ts';
import { getWorkspaceDeployment } from '../../contracts/workspaces.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { show } from '../kit/workspaces/show.ts';
import { missing } from '../kit/workspaces/words.ts';

export const handler = endpoint(getWorkspaceDeployment, async ({ params, caller, header }) => {
  const project = await held.workspace(caller, params.workspace);
  const found = project && (await held.version(project, params.name, 'latest'));
  if (!found) throw missing('Deployment', params.workspace, params.name);
  header('etag', `"${found.rev}"`);
  return show(found, params.workspace);
});
