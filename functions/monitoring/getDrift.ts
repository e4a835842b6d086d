import * as deployments from '../../adapters/deployments/deployments.ts';
import * as results from '../../adapters/monitoring/driftResults.ts';
import { getDrift } from '../../contracts/monitoring.ts';
import { notYet, shown } from '../../domain/drift/stored.ts';
import { binned } from '../kit/drift/binned.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getDrift, async ({ params, query: { include }, caller }) => {
  const deployment = await deployments.load(caller, params.deployment_id);
  const stored = await results.get(deployment.id);
  if (!stored) return notYet(deployment.id);
  if (include === 'bins') return shown(deployment.id, await binned(deployment, stored));
  const history = include === 'history' ? await results.history(deployment.id) : undefined;
  return { ...shown(deployment.id, stored), history };
});
