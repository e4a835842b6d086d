import * as deployments from '../../adapters/deployments/deployments.ts';
import * as projects from '../../adapters/projects.ts';
import { listDeployments } from '../../contracts/deployments.ts';
import { shown } from '../../domain/deployment.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(listDeployments, async ({ params, query, caller }) => {
  const project = await projects.load(caller, params.project_id);
  const { items, total } = await deployments.list(project, 'online', query);
  return { items: items.map(shown), total, ...query };
});
