import * as projects from '../../adapters/projects.ts';
import { listModels } from '../../contracts/models.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each, paged, sorted } from '../kit/lists.ts';
import { viewsOf } from '../kit/models/views.ts';

export const handler = endpoint(listModels, async ({ query, caller }) => {
  const { project_id, experiment_id, model_type, search = '', sort_metric, sort_dir } = query;
  const among = project_id ? [await projects.load(caller, project_id)] : await projects.all(caller);
  const every = (await each(among, ({ id }) => viewsOf(id), 4)).flat();
  const wanted = every.filter(
    (m) =>
      experiment_id === undefined &&
      (model_type === undefined || m.algo?.toLowerCase() === model_type.toLowerCase()) &&
      m.name.toLowerCase().includes(search.toLowerCase()) &&
      (['is_best', 'is_production', 'is_staging'] as const).every(
        (is) => query[is] === undefined || m[is] === query[is],
      ),
  );
  const value = (m: (typeof wanted)[number]) => (sort_metric ? m.metrics[sort_metric] : m.id);
  return paged(sorted(wanted, value, sort_metric ? sort_dir : 'desc'), query);
});
