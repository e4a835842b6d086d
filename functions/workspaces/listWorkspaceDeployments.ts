import * as held from '../../adapters/workspaces/held.ts';
import { listWorkspaceDeployments } from '../../contracts/workspaces.ts';
import { deploymentFields, matches } from '../../domain/workspaces/filter.ts';
import { latestOf, lean, pageOf } from '../../domain/workspaces/lists.ts';
import { rowOf } from '../../domain/workspaces/view.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each } from '../kit/lists.ts';
import { conditions } from '../kit/workspaces/filter.ts';
import { originsOf, show } from '../kit/workspaces/show.ts';

export const handler = endpoint(listWorkspaceDeployments, async ({ params, query, caller, event }) => {
  const { workspace } = params;
  const asked = conditions(event, deploymentFields);
  const project = await held.workspace(caller, workspace);
  const all = project ? await held.every(project) : [];
  const some = query.all_versions ? all : latestOf(all);
  const origins = await originsOf(some);
  const from = (id: string) => origins.get(id) ?? { config: '', config_version: 0 };
  const matching = some.filter((one) => matches(rowOf(one, workspace, from(one.id)), asked));
  const { rows, ...page } = pageOf(matching, query);
  const data = await each(rows, (one) => show(one, workspace, from(one.id)));
  return { data: data.map(lean), ...page };
});
