import * as policies from '../../adapters/privacy/policies.ts';
import * as projects from '../../adapters/projects.ts';
import { listPrivacyPolicies } from '../../contracts/privacy.ts';
import { shown } from '../../domain/privacy/policy.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each, paged, sorted } from '../kit/lists.ts';

export const handler = endpoint(listPrivacyPolicies, async ({ query, caller }) => {
  const { project_id } = query;
  const among = project_id ? [await projects.load(caller, project_id)] : await projects.all(caller);
  const every = (await each(among, ({ id }) => policies.list(id), 4)).flat();
  return paged(sorted(every, ({ id }) => id, 'desc').map(shown), query);
});
