import * as held from '../../adapters/workspaces/held.ts';
import { listDeploymentVersions } from '../../contracts/workspaces.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each } from '../kit/lists.ts';
import { originsOf, show } from '../kit/workspaces/show.ts';

export const handler = endpoint(listDeploymentVersions, async ({ params: { workspace, name }, caller }) => {
  const project = await held.workspace(caller, workspace);
  const found = project ? await held.versions(project, name) : [];
  const origins = await originsOf(found);
  return each(found, (one) => show(one, workspace, origins.get(one.id)));
});
