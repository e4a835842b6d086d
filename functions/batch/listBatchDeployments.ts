import * as deployments from '../../adapters/deployments/deployments.ts';
import { versionsOf } from '../../adapters/models/versions.ts';
import * as projects from '../../adapters/projects.ts';
import { listBatchDeployments } from '../../contracts/batch.ts';
import { underPointer } from '../../domain/deployment.ts';
import { loadModel } from '../kit/batch/named.ts';
import { viewOf } from '../kit/batch/view.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each, paged } from '../kit/lists.ts';

export const handler = endpoint(listBatchDeployments, async ({ params, query, caller, event }) => {
  const { model } = params;
  const { project_id } = await loadModel(caller, model);
  const versions = await versionsOf(model);
  const kinds = (['batch', 'online'] as const).filter((kind) => (query.type ?? kind) === kind);
  const rows = (await Promise.all(kinds.map((kind) => deployments.every(project_id, kind)))).flat();
  const project = await projects.get(project_id);
  const wanted = rows
    .filter((row) => (row.batch ? row.batch.model.model_name === model : versions.has(row.model_id)))
    .map((row) => underPointer(row, project?.prod ?? null))
    .filter(({ life }) => (query.status ? life === query.status : life !== 'archived'))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const { items, ...page } = paged(wanted, query);
  return { items: await each(items, (row) => viewOf(row, { model, event, versions })), ...page };
});
