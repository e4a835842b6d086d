import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { env } from './aws/env.ts';
import { table } from './aws/table.ts';
import { at, nobodysProject, v } from './items.ts';

/**
 * Something that others must hear of, beside what the events of deployments tell: ids only. Together with those it is
 * the audit log, so whatever somebody changes is told by one of both, in the transaction that changes it.
 */
export interface Told {
  id: string;
  type:
    | 'model.ready'
    | 'key.created'
    | 'key.revoked'
    | 'drift.computed'
    | 'deployment.configured'
    | 'deployment.roles_changed'
    | 'project.created'
    | 'model.registered'
    | 'model.failed'
    | 'alias.set'
    | 'alias.removed'
    | 'config.created'
    | 'config.removed'
    | 'run.queued'
    | 'run.reported'
    | 'drift.asked'
    | 'actuals.reported'
    | 'privacy_policy.created'
    | 'privacy_policy.changed'
    | 'privacy_policy.removed'
    | 'privacy_rule.created'
    | 'privacy_rule.changed'
    | 'privacy_rule.removed'
    | 'alert.delivery'
    | 'alert.firing'
    | 'alert.escalated'
    | 'alert.resolved'
    | 'alert.test'
    | 'alert.acknowledged'
    | 'alert.unacknowledged'
    | 'alert_rule.created'
    | 'alert_rule.changed'
    | 'alert_rule.removed';
  subject: string;
  actor: string;
  at: string;
}

export const outboxItem = (projectId: string = nobodysProject, told: Told) => ({
  ...at.outbox(projectId, Date.parse(told.at), told.id),
  v,
  project_id: projectId,
  ...told,
});

/** Tell of something that is kept elsewhere already. */
export async function tell(projectId: string, told: Told): Promise<void> {
  await table.send(new PutCommand({ TableName: env('CONTROL_TABLE'), Item: outboxItem(projectId, told) }));
}
