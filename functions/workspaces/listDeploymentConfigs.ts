import * as configs from '../../adapters/workspaces/configs.ts';
import * as held from '../../adapters/workspaces/held.ts';
import { listDeploymentConfigs } from '../../contracts/deploymentConfigs.ts';
import { configRow } from '../../domain/workspaces/config.ts';
import { configFields, matches } from '../../domain/workspaces/filter.ts';
import { lean, pageOf } from '../../domain/workspaces/lists.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { conditions } from '../kit/workspaces/filter.ts';
import { showConfig } from '../kit/workspaces/show.ts';

export const handler = endpoint(listDeploymentConfigs, async ({ params, query, caller, event }) => {
  const { workspace } = params;
  const asked = conditions(event, configFields);
  const project = await held.workspace(caller, workspace);
  const all = project ? await configs.latest(project.id) : [];
  const matching = all.filter((config) => matches(configRow(config, workspace), asked));
  const views = matching.map((config) => showConfig(config, workspace));
  const { rows, ...page } = pageOf(views, query);
  return { data: rows.map(lean), ...page };
});
