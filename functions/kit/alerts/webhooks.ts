import * as secrets from '../../../adapters/aws/secrets.ts';
import type { Fresh, Merged } from '../../../domain/alerts/channels.ts';
import { operationId as derived } from '../../../domain/idempotency.ts';
import { random } from '../clock.ts';

const nameOf = (channelId: string) => `webhooks/${channelId}`;

/**
 * Ids and secrets for the new channels of a request. However often it is tried, the ids are the same: a secret that an
 * attempt left behind is taken over by the next.
 */
export function freshFor(operationId: string): Fresh {
  const made = new Map<number, string>();
  return {
    id: (i) => derived(operationId, i),
    secret: (i) => {
      const secret = made.get(i) ?? `whsec_${Buffer.from(random(32)).toString('base64')}`;
      made.set(i, secret);
      return secret;
    },
  };
}

/** Keep the secrets of webhooks, each once in a request: kept twice, it would be its own predecessor. */
export function keeping(): (those: Merged['secrets']) => Promise<void> {
  const kept = new Set<string>();
  return async (those) => {
    for (const { id, secret } of those) {
      if (kept.has(id)) continue;
      if ((await secrets.create(nameOf(id), secret)) === 'exists') await secrets.put(nameOf(id), secret);
      kept.add(id);
    }
  };
}

/** Remove secrets that nobody needs any more. What fails here is left behind: the change itself is done. */
export async function forget(channelIds: readonly string[]): Promise<void> {
  await Promise.allSettled(channelIds.map((id) => secrets.remove(nameOf(id))));
}
