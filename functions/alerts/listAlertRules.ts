import * as rules from '../../adapters/alerts/rules.ts';
import * as projects from '../../adapters/projects.ts';
import { listAlertRules } from '../../contracts/alerts.ts';
import { shownRule, stateOf } from '../kit/alerts/show.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each, paged } from '../kit/lists.ts';

export const handler = endpoint(listAlertRules, async ({ params, query, caller }) => {
  const project = await projects.load(caller, params.project_id);
  const { deployment_id: wanted } = query;
  const all = await rules.list(project.id);
  const page = paged(
    all.filter(({ deployment_id }) => wanted === undefined || deployment_id === wanted),
    query,
  );
  const items = await each(page.items, async (rule) => shownRule(rule, await stateOf(rule, project.prod)));
  return { ...page, items };
});
