import { at, nobodysProject, v } from './items.ts';

/** Something that others must hear of, beside what the events of deployments tell: ids only. */
export interface Told {
  id: string;
  type: 'model.ready' | 'key.created' | 'key.revoked';
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
