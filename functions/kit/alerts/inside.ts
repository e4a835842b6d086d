import { leadsInside } from '../../../adapters/outbound/post.ts';
import type { Wrong } from '../../../domain/alerts/channels.ts';
import type { Channel } from '../../../domain/alerts/rule.ts';

/**
 * Channels whose host leads into a private network now, so that who enters one hears of it at once. It guards nothing:
 * the name is looked at again whenever something is sent.
 */
export async function inside(channels: readonly Channel[]): Promise<Wrong[]> {
  const found = await Promise.all(
    channels.map(async ({ type, config }, i) => {
      const field = type === 'slack' ? 'webhook_url' : 'url';
      const url = 'url' in config ? config.url : 'webhook_url' in config ? config.webhook_url : undefined;
      if (url === undefined || !(await leadsInside(url))) return [];
      return [{ path: ['channels', i, 'config', field], why: 'The host has an address that is not public' }];
    }),
  );
  return found.flat();
}
