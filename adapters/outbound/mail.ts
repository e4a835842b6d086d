import type { Mail } from '../../domain/alerts/messages.ts';
import type { Reply } from '../../domain/alerts/retry.ts';
import { endpoint, send } from '../aws/signed.ts';

/** Who mail is from; undefined where the installation has no sender. */
const sender = () => process.env.ALERT_SENDER || undefined;

const text = (Data: string) => ({ Data, Charset: 'UTF-8' });

/** Give a mail to SES. `id` stays the same when it is sent again, and goes along as a header. It never throws. */
export async function mail(to: readonly string[], { subject, ...body }: Mail, id: string): Promise<Reply> {
  const from = sender();
  if (from === undefined) return { status: null, error: 'no_sender', final: true };
  const Simple = {
    Subject: text(subject),
    Body: { Text: text(body.text), Html: text(body.html) },
    Headers: [{ Name: 'X-Slipway-Delivery', Value: id }],
  };
  try {
    const { status, headers } = await send({
      service: 'ses',
      method: 'POST',
      url: `${endpoint('ses')}/v2/email/outbound-emails`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ FromEmailAddress: from, Destination: { ToAddresses: to }, Content: { Simple } },
      }),
      timeout: 10_000,
    });
    return { status, retryAfter: String(headers['retry-after'] ?? '') };
  } catch {
    return { status: null, error: 'no_connection' };
  }
}
