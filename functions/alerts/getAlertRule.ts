import * as rules from '../../adapters/alerts/rules.ts';
import * as projects from '../../adapters/projects.ts';
import { getAlertRule } from '../../contracts/alerts.ts';
import { shownRule, stateOf } from '../kit/alerts/show.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getAlertRule, async ({ params, caller, header }) => {
  const rule = await rules.load(caller, params.rule_id);
  const project = await projects.get(rule.project_id);
  header('etag', `"${rule.rev}"`);
  return { rule: shownRule(rule, await stateOf(rule, project?.prod ?? null)) };
});
