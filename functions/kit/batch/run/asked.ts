import * as deployments from '../../../../adapters/deployments/deployments.ts';
import * as models from '../../../../adapters/models/models.ts';
import { fault } from '../../../../iceberg/fault.ts';
import { resolve } from '../../runs/resolve.ts';
import { scoredBy } from './real.ts';
import type { Definition, Scored } from './world.ts';

/** What a deployment does in every run, and the version of its model that its reference stands for now. */
export async function asked(of: {
  project_id: string;
  deployment_id: string;
}): Promise<{ definition: Definition; scored: Scored }> {
  const deployment = await deployments.get(of.project_id, 'batch', of.deployment_id);
  if (!deployment?.batch) throw new Error('a run of no batch deployment');
  const resolved = await resolve(deployment.batch.model);
  const model = resolved && (await models.get(of.project_id, resolved.model_id));
  if (!model) throw fault('refused', 'the version or alias of the model is not there any more');
  if (model.status !== 'ready') throw fault('refused', 'the version of the model is not ready');
  return { definition: deployment.batch, scored: scoredBy(model) };
}
