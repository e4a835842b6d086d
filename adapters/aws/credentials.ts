import { ApiKey } from '../../domain/apiKey.ts';
import { at } from '../items.ts';
import * as dynamo from './dynamo.ts';
import { env } from './env.ts';

/**
 * The key of this id and the digest of its secret, if there is one. The key is read when it is asked for: to refuse a
 * wrong secret takes no longer than to refuse a key that nobody has.
 */
export async function find(id: string): Promise<{ readonly key: ApiKey; digest: Uint8Array } | undefined> {
  const item = await dynamo.get(env('KEYS_TABLE'), at.key(id));
  return (
    item && {
      digest: item.digest as Uint8Array,
      get key() {
        return ApiKey.parse(item);
      },
    }
  );
}

/** Note that a key was used; once an hour is enough, and a request never fails for it. */
export async function used(key: ApiKey, now: string): Promise<void> {
  const hour = 3_600_000;
  if (key.last_used_at && Date.parse(now) - Date.parse(key.last_used_at) < hour) return;
  await dynamo
    .update({
      TableName: env('KEYS_TABLE'),
      Key: at.key(key.id),
      UpdateExpression: 'SET last_used_at = :now',
      ConditionExpression: 'attribute_exists(pk)',
      Values: { ':now': now },
    })
    .catch(() => {});
}
