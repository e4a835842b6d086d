import * as z from 'zod';
import { AuditEntry as Kept } from '../domain/audit.ts';
import { Id, text, ZonedTime } from '../domain/fields.ts';
import { route } from './route.ts';
import { limit, nothing } from './shapes.ts';

const AuditEntry = Kept.meta({
  id: 'AuditEntry',
  description:
    'One change: who (`key:<id>`, `user:<issuer>/<subject>`, or what ran by itself), what, when, and of which object',
});

const shared = {
  group: 'audit',
  dialect: 'mlops',
  method: 'GET',
  query: z.object({
    limit: limit(),
    cursor: text(1, 4096).optional().describe('`next_cursor` of the page before'),
    since: ZonedTime.optional(),
    until: ZonedTime.optional().describe('Exclusive'),
    actor: text(1, 512).optional(),
    type: text(1, 64).optional().describe('For example `deployment.promoted`'),
    subject: text(1, 255).optional().describe('The id of a deployment, a model, a key …'),
  }),
  status: 200,
  returns: z.object({
    items: z.array(AuditEntry),
    limit: z.int(),
    next_cursor: z
      .string()
      .nullable()
      .describe('Where to go on; a page may hold fewer than `limit` and still have one'),
  }),
} as const;

export const listAudit = route({
  ...shared,
  id: 'listAudit',
  scope: 'read',
  path: '/api/mlops/projects/{project_id}/audit',
  summary: 'Who changed what in a project, newest first; nothing of it is ever changed or removed',
  params: z.object({ project_id: Id }),
});

export const listAccessAudit = route({
  ...shared,
  id: 'listAccessAudit',
  scope: 'admin',
  path: '/api/auth/audit',
  summary: 'Who made and revoked API keys, newest first; for callers of every project',
  params: nothing,
});
