import * as deployments from '../../adapters/deployments/deployments.ts';
import { putAllowedRoles } from '../../contracts/batch.ts';
import { stale } from '../../domain/problem.ts';
import { loadManaged } from '../kit/batch/named.ts';
import { viewOf } from '../kit/batch/view.ts';
import { now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(putAllowedRoles, async ({ params, body, caller, ifMatch, event }) => {
  const before = await loadManaged(caller, params);
  if (ifMatch !== undefined && ifMatch !== before.rev) throw stale();
  const after = { ...before, ...body, rev: before.rev + 1, updated_at: now() };
  await deployments.save(before, after);
  return viewOf(after, { model: params.model, event });
});
