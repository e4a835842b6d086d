import * as z from 'zod';
import { ApiKey as Kept, KeyKind, Scope } from '../domain/apiKey.ts';
import { Id, text, ZonedTime } from '../domain/fields.ts';
import { route } from './route.ts';
import { limit, nothing, offset, ok, page } from './shapes.ts';

const shared = { group: 'apiKeys', dialect: 'mlops', scope: 'admin' } as const;
const roles = z.array(text(1, 255)).max(100);

const ApiKey = Kept.extend({ api_key_id: Id }).meta({ id: 'ApiKey' });

export const createApiKey = route({
  ...shared,
  id: 'createApiKey',
  method: 'POST',
  path: '/api/auth/api-keys',
  summary: 'Make an API key; the key itself is shown this once',
  params: nothing,
  body: z.object({
    name: text(1, 255),
    scopes: z.array(Scope).min(1),
    kind: KeyKind.default('user'),
    roles: roles.default([]),
    project_ids: z.array(Id).min(1).max(100).nullable().default(null),
    expires_at: ZonedTime.nullable().default(null),
  }),
  repeatable: true,
  status: 201,
  returns: z.object({
    id: Id,
    api_key_id: Id,
    key: z.string().nullable().describe('The key. null in a repeated answer: it is not kept anywhere'),
    api_key: ApiKey,
  }),
});

export const listApiKeys = route({
  ...shared,
  id: 'listApiKeys',
  method: 'GET',
  path: '/api/auth/api-keys',
  summary: 'All API keys, newest first, without the keys themselves',
  params: nothing,
  query: z.object({ limit: limit(), offset: offset() }),
  status: 200,
  returns: page(ApiKey),
});

export const revokeApiKey = route({
  ...shared,
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/api/auth/api-keys/{api_key_id}',
  summary: 'Revoke an API key; it may work for up to 60 seconds more',
  params: z.object({ api_key_id: Id }),
  repeatable: true,
  status: 200,
  returns: ok,
});
