import * as sending from '../../../adapters/alerts/sending.ts';
import type { Message } from '../../../domain/alerts/delivery.ts';
import { isDelivered } from '../../../domain/alerts/retry.ts';
import type { Channel, Rule } from '../../../domain/alerts/rule.ts';
import { newId } from '../clock.ts';
import { fault } from '../metrics.ts';
import { prepared } from './say.ts';

/** Send a message by one channel now, by the same way as any other, and say what came of it. */
export async function tried({ project_id }: Rule, channel: Channel, message: Message) {
  const send = await prepared([{ id: newId(), channel, message }]);
  const reply = await send();
  const ok = isDelivered(reply);
  // Whatever it said before: it is there now.
  if (ok && channel.type === 'webhook')
    await sending.enable(project_id, channel.id).catch((error) => fault('testAlertRule', error));
  return {
    ...{ type: channel.type, ok },
    ...(reply.status !== null && { status: reply.status }),
    ...(!ok && { error: reply.error ?? `http_${reply.status}` }),
  };
}
