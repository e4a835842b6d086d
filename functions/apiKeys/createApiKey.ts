import * as apiKeys from '../../adapters/apiKeys.ts';
import { createApiKey } from '../../contracts/apiKeys.ts';
import { assertLasts, assertRoom, beyond, minted, shown } from '../../domain/apiKey.ts';
import { forbidden } from '../../domain/problem.ts';
import { newId, now, random } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(createApiKey, async ({ body, caller, operationId, answer }) => {
  const at = now();
  assertLasts(body.expires_at, Date.parse(at));
  const excess = beyond(caller, body);
  if (excess) throw forbidden(`Cannot grant ${excess}`);
  assertRoom(await apiKeys.list(), Date.parse(at));
  const { key, digest, spelled } = minted(body, { id: newId(), by: caller.id, at }, random(24));
  const reply = { id: key.id, api_key_id: key.id, api_key: shown(key) };
  const told = {
    id: operationId,
    type: 'key.created',
    subject: key.id,
    actor: caller.id,
    at: key.created_at,
  } as const;
  return apiKeys.create(key, digest, answer({ ...reply, key: spelled }, { ...reply, key: null }), told);
});
