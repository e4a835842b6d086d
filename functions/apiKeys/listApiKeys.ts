import * as apiKeys from '../../adapters/apiKeys.ts';
import { listApiKeys } from '../../contracts/apiKeys.ts';
import { shown, within } from '../../domain/apiKey.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { each, paged } from '../kit/lists.ts';

export const handler = endpoint(listApiKeys, async ({ query, caller }) => {
  const page = paged(
    (await apiKeys.list()).filter((key) => within(caller, key)),
    query,
  );
  const items = await each(page.items, async (key) =>
    shown({ ...key, last_used_at: await apiKeys.lastUsed(key.id) }),
  );
  return { ...page, items };
});
