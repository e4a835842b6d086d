import type { Deployment } from '../deployment.ts';
import { time } from '../fields.ts';
import type { Message } from './delivery.ts';
import type { Rule } from './rule.ts';

const nowhere = '00000000-0000-0000-0000-000000000000';

/** A message that says it is a test: of this rule, with nothing measured. `at` in epoch milliseconds. */
export function testMessage(
  rule: Rule,
  deployment: Pick<Deployment, 'id' | 'name' | 'stage'> | undefined,
  at: number,
  id: string,
): Message {
  const { metric, params, operator, threshold, severity } = rule;
  const now = time(at);
  const {
    id: deployment_id,
    name,
    stage,
  } = deployment ?? {
    ...{ id: nowhere, name: 'nothing in production', stage: 'production' },
  };
  return {
    type: 'alert.test',
    timestamp: now,
    alert: {
      ...{ id, alert_id: id, rule_id: rule.id, deployment_id, metric, params, operator, threshold, severity },
      ...{ value: null, n: 0, window: { from: now, to: now }, state: 'firing', firing_since: now },
      ...{
        escalated_at: null,
        acknowledged_at: null,
        acknowledged_by: null,
        closed_at: null,
        closed_by: null,
      },
    },
    rule: { id: rule.id, name: rule.name },
    deployment: { id: deployment_id, name, stage },
  };
}
