import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { Id, Time, time } from '../fields.ts';
import { Alert, type ShownAlert } from './alert.ts';
import { Channel, type Rule } from './rule.ts';

export const MessageType = z.enum(['alert.firing', 'alert.escalated', 'alert.resolved', 'alert.test']);
export type MessageType = z.infer<typeof MessageType>;

/** What the state machine wants said; to whom and about which deployment is added by `messageOf`. */
export interface Notice {
  type: MessageType;
  alert: Alert;
  /** Which features breach, worst first, at most ten. */
  features?: string[];
}

/** What is sent. No inputs, no predictions, no names of categories. */
export const Message = z.object({
  type: MessageType,
  timestamp: Time,
  alert: Alert.omit({ project_id: true, told: true, h: true, rev: true }).extend({ alert_id: Id }),
  rule: z.object({ id: Id, name: z.string() }),
  deployment: z.object({ id: Id, name: z.string(), stage: z.string() }),
  features: z.array(z.string()).max(10).optional(),
  /** Sent because a channel of the same rule was given up: which type of channel, and what it last said. */
  undelivered: z.object({ type: z.string(), error: z.string() }).optional(),
});
export type Message = z.infer<typeof Message> & { alert: ShownAlert };

/** One message for one channel, kept until it is delivered and 30 days after it came to be. */
export const Delivery = z.object({
  id: Id,
  project_id: Id,
  rule_id: Id,
  channel: Channel,
  message: Message,
  /** The minute it belongs to, epoch milliseconds: what one minute has to say in one place is said together. */
  tick: z.int().min(0),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.int().min(0),
  last_status: z.int().nullable(),
  last_error: z.string().nullable(),
  created_at: Time,
  delivered_at: Time.nullable(),
  // How far the sending is; nothing of it before the first try. Epoch milliseconds.
  due_at: z.int().optional(),
  first_at: z.int().optional(),
  /** Somebody sends it until then. */
  claimed_until: z.int().optional(),
  /** How many of its tries do not count. */
  uncounted: z.int().optional(),
  /** No try follows: what is left is to say so. */
  given_up: z.boolean().optional(),
});
export type Delivery = z.infer<typeof Delivery>;

/** Where a channel leads, as 16 hexadecimal digits: equal for equal places, and names none. */
export function destination({ type, config }: Channel): string {
  const place =
    'to' in config
      ? config.to.map((address) => address.toLowerCase()).toSorted()
      : 'url' in config
        ? config.url
        : config.webhook_url;
  return hash('sha256', JSON.stringify([type, place])).slice(0, 16);
}

/** A notice as the message that goes out. `at` in epoch milliseconds. */
export const messageOf = (
  { type, alert, features }: Notice,
  rule: Pick<Rule, 'id' | 'name'>,
  deployment: Pick<Deployment, 'id' | 'name' | 'stage'>,
  at: number,
): Message => ({
  type,
  timestamp: time(at),
  alert: Message.shape.alert.parse({ ...alert, alert_id: alert.id }),
  rule: { id: rule.id, name: rule.name },
  deployment: { id: deployment.id, name: deployment.name, stage: deployment.stage },
  ...(features?.length && { features }),
});

/** The message for each channel of the rule, still to be sent. `newId` is asked once for each. */
export const deliveriesOf = (
  rule: Pick<Rule, 'id' | 'project_id' | 'channels'>,
  message: Message,
  at: number,
  newId: () => string,
): Delivery[] =>
  rule.channels.map((channel) => ({
    id: newId(),
    project_id: rule.project_id,
    rule_id: rule.id,
    channel,
    message,
    tick: Math.floor(at / 60_000) * 60_000,
    state: 'pending',
    attempts: 0,
    last_status: null,
    last_error: null,
    created_at: time(at),
    delivered_at: null,
  }));
