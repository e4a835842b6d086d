import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { env } from './aws/env.ts';
import { table } from './aws/table.ts';
import { at, nobodysProject, v } from './items.ts';

/** Something that others must hear of, beside what the events of deployments tell: ids only. */
export interface Told {
  id: string;
  type: 'model.ready' | 'key.created' | 'key.revoked' | 'drift.computed' | 'deployment.configured';
  subject: string;
  actor: string;
  at: string;
}

export const outboxItem = (projectId: string = nobodysProject, told: Told) => ({
  ...at.outbox(projectId, told.id),
  v,
  project_id: projectId,
  ...told,
});

/** Tell of something that is kept elsewhere already. */
export async function tell(projectId: string, told: Told): Promise<void> {
  await table.send(new PutCommand({ TableName: env('CONTROL_TABLE'), Item: outboxItem(projectId, told) }));
}
