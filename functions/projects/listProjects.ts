import * as models from '../../adapters/models/models.ts';
import * as projects from '../../adapters/projects.ts';
import { listProjects } from '../../contracts/projects.ts';
import { shown } from '../../domain/project.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each, paged, sorted } from '../kit/lists.ts';

export const handler = endpoint(listProjects, async ({ query, caller }) => {
  const { search = '', sort_field, sort_direction } = query;
  const every = await projects.all(caller);
  const named = every.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  const shownOf = await each(named, async (p) => shown(p, await models.count(p.id)));
  return paged(
    sorted(shownOf, (project) => project[sort_field], sort_direction),
    query,
  );
});
