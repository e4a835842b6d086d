import * as z from 'zod';
import { Id, Time } from '../domain/fields.ts';
import { route } from './route.ts';
import { nothing } from './shapes.ts';

const shared = { group: 'service', dialect: 'mlops', method: 'GET', params: nothing, status: 200 } as const;

export const getJob = route({
  ...shared,
  id: 'getJob',
  scope: 'read',
  path: '/api/jobs/{job_id}',
  summary: 'How an operation goes or how it ended',
  params: z.object({ job_id: Id }),
  returns: z.object({
    job: z
      .object({
        id: Id,
        type: z.enum(['drift', 'deploy', 'promote', 'rollback', 'deactivate', 'stop', 'start']),
        status: z.enum(['queued', 'running', 'succeeded', 'failed']),
        progress: z.number().min(0).max(1),
        result: z.record(z.string(), z.unknown()).nullable(),
        error: z.string().nullable(),
        deployment_id: Id,
        created_at: Time,
        started_at: Time.nullable(),
        finished_at: Time.nullable(),
      })
      .meta({ id: 'Job' }),
  }),
});

export const getHealth = route({
  ...shared,
  id: 'getHealth',
  scope: 'public',
  path: '/healthz',
  summary: 'Whether the service answers; touches nothing',
  returns: z.object({ status: z.literal('ok'), version: z.string() }),
});

export const getOpenapi = route({
  ...shared,
  id: 'getOpenapi',
  scope: 'public',
  path: '/openapi.json',
  summary: 'This description',
  returns: z.record(z.string(), z.unknown()),
  trusted: true,
});
