import * as deployments from '../../adapters/deployments/deployments.ts';
import { shown } from '../../adapters/logs/inferenceLogs.ts';
import { listInferenceLogs } from '../../contracts/inference.ts';
import { firstPage, nextPage } from '../kit/aggregates/listing.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(listInferenceLogs, async ({ params, query, caller }) => {
  const of = await deployments.loadSalted(caller, params.deployment_id);
  const now = Date.now();
  const { rows, ...page } =
    query.cursor === undefined
      ? await firstPage(of, query, now)
      : await nextPage(of, query.cursor, query, now);
  return { items: await shown(of.deployment, rows), limit: query.limit, ...page };
});
