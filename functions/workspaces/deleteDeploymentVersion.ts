import * as held from '../../adapters/workspaces/held.ts';
import { deleteDeploymentVersion } from '../../contracts/workspaces.ts';
import { now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { markOrRemove } from '../kit/workspaces/remove.ts';
import { assertEnabled, missing, wanted } from '../kit/workspaces/words.ts';

export const handler = endpoint(deleteDeploymentVersion, async ({ params, caller, operationId, ifMatch }) => {
  assertEnabled();
  const { workspace, deployment: name, name: version } = params;
  const number = wanted(version);
  const project = await held.workspace(caller, workspace);
  if (!project || number === 'none') throw missing('Deployment', workspace, name, version);
  const by = { actor: caller.id, at: now(), op_id: operationId };
  const read = async () => [await held.version(project, name, number)].filter((one) => one !== undefined);
  return markOrRemove(project, { workspace, name, version, ifMatch }, read, by);
});
