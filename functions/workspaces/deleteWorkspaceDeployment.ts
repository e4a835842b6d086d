import * as held from '../../adapters/workspaces/held.ts';
import { deleteWorkspaceDeployment } from '../../contracts/workspaces.ts';
import { now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { markOrRemove } from '../kit/workspaces/remove.ts';
import { assertEnabled, missing } from '../kit/workspaces/words.ts';

export const handler = endpoint(
  deleteWorkspaceDeployment,
  async ({ params, caller, operationId, ifMatch }) => {
    assertEnabled();
    const project = await held.workspace(caller, params.workspace);
    if (!project) throw missing('Deployment', params.workspace, params.name);
    const by = { actor: caller.id, at: now(), op_id: operationId };
    return markOrRemove(project, { ...params, ifMatch }, () => held.versions(project, params.name), by);
  },
);
