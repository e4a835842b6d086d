import * as configured from '../../adapters/deployments/configured.ts';
import { putAllowedRoles } from '../../contracts/batch.ts';
import { stale } from '../../domain/problem.ts';
import { loadManaged } from '../kit/batch/named.ts';
import { viewOf } from '../kit/batch/view.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(
  putAllowedRoles,
  async ({ params, body, caller, ifMatch, event, answer, told }) => {
    const before = await loadManaged(caller, params);
    if (ifMatch !== undefined && ifMatch !== before.rev) throw stale();
    const word = told('deployment.roles_changed', before.id);
    const after = { ...before, ...body, rev: before.rev + 1, updated_at: word.at };
    const reply = answer(await viewOf(after, { model: params.model, event }));
    if (!(await configured.save(before, after, word, reply))) throw stale();
    return reply.body;
  },
);
