import * as rules from '../../adapters/alerts/rules.ts';
import * as deployments from '../../adapters/deployments/deployments.ts';
import { testAlertRule } from '../../contracts/deliveries.ts';
import { testMessage } from '../../domain/alerts/testMessage.ts';
import { watchedBy } from '../kit/alerts/targets.ts';
import { newId } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { tried } from '../kit/notify/test.ts';

export const handler = endpoint(testAlertRule, async ({ params, caller }) => {
  const rule = await rules.load(caller, params.rule_id);
  const watched = await watchedBy(rule);
  const deployment = watched ? await deployments.get(rule.project_id, 'online', watched) : undefined;
  const message = testMessage(rule, deployment, Date.now(), newId());
  const results = await Promise.all(rule.channels.map((channel) => tried(rule, channel, message)));
  return { ok: results.every(({ ok }) => ok), results };
});
