import * as apiKeys from '../../adapters/apiKeys.ts';
import { revokeApiKey } from '../../contracts/apiKeys.ts';
import { within } from '../../domain/apiKey.ts';
import { notFound } from '../../domain/problem.ts';
import { now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(revokeApiKey, async ({ params, caller, operationId, answer }) => {
  const key = await apiKeys.get(params.api_key_id);
  if (!key || !within(caller, key)) throw notFound('API key');
  if (key.revoked_at !== null) return { ok: true as const };
  const told = {
    id: operationId,
    type: 'key.revoked',
    subject: key.id,
    actor: caller.id,
    at: now(),
  } as const;
  return apiKeys.revoke(key, answer({ ok: true }), told);
});
