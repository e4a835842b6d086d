import * as deployments from '../../adapters/deployments/deployments.ts';
import * as models from '../../adapters/models/models.ts';
import { getDeployment } from '../../contracts/deployments.ts';
import { shown } from '../../domain/deployment.ts';
import { notFound } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getDeployment, async ({ params, caller, header }) => {
  const deployment = await deployments.load(caller, params.deployment_id);
  const model = await models.get(deployment.project_id, deployment.model_id);
  if (!model) throw notFound('Model');
  header('etag', `"${deployment.rev}"`);
  return { deployment: shown(deployment), model: { ...model, version: String(model.version) } };
});
