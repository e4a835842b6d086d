import * as secrets from '../../../adapters/aws/secrets.ts';
import { mail } from '../../../adapters/outbound/mail.ts';
import { post } from '../../../adapters/outbound/post.ts';
import type { Delivery } from '../../../domain/alerts/delivery.ts';
import { mailOf, slackBody, webhookBody } from '../../../domain/alerts/messages.ts';
import type { Reply } from '../../../domain/alerts/retry.ts';
import { secretsAt, signatures } from '../../../domain/alerts/signature.ts';
import { seconds } from '../../../domain/fields.ts';
import { now } from '../clock.ts';

type Said = Pick<Delivery, 'id' | 'channel' | 'message'>;
type Send = () => Promise<Reply>;

/** Ready to send what lies side by side for one destination: everything that may fail on our side is done. */
export async function prepared([first, ...others]: readonly [Said, ...Said[]]): Promise<Send> {
  const { id, channel, message } = first;
  const messages = [message, ...others.map((other) => other.message)];
  if (channel.type === 'email') return () => mail(channel.config.to, mailOf(messages, link()), id);
  if (channel.type === 'slack') {
    const body = slackBody(messages, link());
    return () => post({ url: channel.config.webhook_url, headers: json, body });
  }
  const held = await secrets.versions(`webhooks/${channel.id}`);
  // The rule is gone, or the channel: nobody could tell any more that it is from us.
  if (!held) return async () => ({ status: null, error: 'no_secret', final: true });
  return () => post({ url: channel.config.url, ...signed(first, held) });
}

const json = { 'content-type': 'application/json', 'user-agent': 'Slipway' };
/** Where people look at alerts, if the installation says so. */
const link = () => process.env.CONSOLE_URL || undefined;

/** One event for a webhook: its time and signature are those of this very try, its id that of the delivery. */
function signed({ id, message }: Said, held: secrets.Versions) {
  const body = webhookBody(message);
  const at = now();
  const timestamp = seconds(at);
  const headers = {
    ...json,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures(secretsAt(held, Date.parse(at)), { id, timestamp, body }),
  };
  return { headers, body };
}
