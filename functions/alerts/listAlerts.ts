import * as alerts from '../../adapters/alerts/alerts.ts';
import * as projects from '../../adapters/projects.ts';
import { listAlerts } from '../../contracts/alerts.ts';
import { shown } from '../../domain/alerts/alert.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { paged } from '../kit/lists.ts';

const filters = ['state', 'severity', 'deployment_id', 'rule_id'] as const;

export const handler = endpoint(listAlerts, async ({ params, query, caller }) => {
  const project = await projects.load(caller, params.project_id);
  const asked = filters.filter((field) => query[field] !== undefined);
  const all = await alerts.list(project.id);
  const page = paged(
    all.filter((alert) => asked.every((field) => alert[field] === query[field])),
    query,
  );
  return { ...page, items: page.items.map(shown) };
});
