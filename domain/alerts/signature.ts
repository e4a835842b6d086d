import { createHmac } from 'node:crypto';

interface Signed {
  id: string;
  /** Unix seconds. */
  timestamp: number;
  body: string;
}

const lead = 'whsec_';

/** The value of `webhook-signature`, by Standard Webhooks 1.0.0: one signature for each secret, in their order. */
export const signatures = (secrets: readonly string[], { id, timestamp, body }: Signed): string =>
  secrets
    .map((secret) => {
      const key = Buffer.from(secret.startsWith(lead) ? secret.slice(lead.length) : secret, 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    })
    .join(' ');

/** How long a receiver has to learn a new secret. */
const overlap = 24 * 3_600_000;

/** The secrets to sign with: for a day after a change with the one before too. Times in epoch milliseconds. */
export const secretsAt = (
  { current, previous, since }: { current: string; previous?: string; since: number },
  at: number,
): string[] => (previous !== undefined && at - since < overlap ? [current, previous] : [current]);
