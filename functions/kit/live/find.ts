import * as deployments from '../../../adapters/deployments/deployments.ts';
import * as models from '../../../adapters/models/models.ts';
import * as externals from '../../../adapters/workspaces/externals.ts';
import { type Caller, maySee } from '../../../domain/apiKey.ts';
import { assertRole } from '../../../domain/batch/roles.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { unknown, unsupported } from '../../../domain/live/errors.ts';
import { idIn } from '../../../domain/live/rid.ts';
import { liveDeployment, liveExternal } from '../../../domain/live/view.ts';
import { type Held, isExternal } from '../../../domain/workspaces/external.ts';

interface Way {
  params: { liveDeploymentRid: string };
  caller: Caller;
}

/** The deployment that a path names, online or external: the only kinds that this dialect knows. */
export async function find({ params: { liveDeploymentRid: rid }, caller }: Way): Promise<Held> {
  const id = idIn('deployment', rid);
  if (id === undefined) throw unknown(rid);
  const deployment = (await deployments.find(id)) ?? (await externals.byId(caller, id));
  if (!deployment || !maySee(caller, deployment.project_id)) throw unknown(rid);
  if (deployment.kind === 'batch') throw unsupported();
  return deployment;
}

/** The same for a caller who wants to manage it, where only what runs here can be meant. */
export async function findManaged(way: Way): Promise<Deployment> {
  const deployment = await find(way);
  if (isExternal(deployment)) throw unsupported();
  assertRole(way.caller, deployment);
  return deployment;
}

/** A deployment as it is answered. */
export async function view(deployment: Held) {
  if (isExternal(deployment)) return liveExternal(deployment);
  const model = await models.get(deployment.project_id, deployment.model_id);
  return liveDeployment(deployment, model?.registered_model_id ?? deployment.model_id);
}
