import * as deployments from '../../adapters/deployments.ts';
import * as logs from '../../adapters/inferenceLogs.ts';
import { listInferenceLogs } from '../../contracts/inference.ts';
import { time } from '../../domain/fields.ts';
import { isEmpty, windowOf } from '../../domain/log.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(listInferenceLogs, async ({ params, query, caller }) => {
  const deployment = await deployments.load(caller, params.deployment_id);
  const now = Date.now();
  const { limit, offset } = query;
  const window = windowOf(deployment, query, now);
  const { items, total } = isEmpty(window)
    ? { items: [], total: 0 }
    : await logs.list(deployment, window, { limit, offset, now });
  const until = time(query.until ? window.until : now + 1);
  return { items, total, limit, offset, until, next_cursor: null };
});
