import * as held from '../../adapters/workspaces/held.ts';
import { getDeploymentVersion } from '../../contracts/workspaces.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { show } from '../kit/workspaces/show.ts';
import { missing, wanted } from '../kit/workspaces/words.ts';

export const handler = endpoint(getDeploymentVersion, async ({ params, caller, header }) => {
  const { workspace, deployment, name } = params;
  const version = wanted(name);
  const project = await held.workspace(caller, workspace);
  const found = project && version !== 'none' && (await held.version(project, deployment, version));
  if (!found) throw missing('Deployment', workspace, deployment, name);
  header('etag', `"${found.rev}"`);
  return show(found, workspace);
});
