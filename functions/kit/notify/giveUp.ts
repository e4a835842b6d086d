import * as deliveries from '../../../adapters/alerts/deliveries.ts';
import * as rules from '../../../adapters/alerts/rules.ts';
import * as sending from '../../../adapters/alerts/sending.ts';
import { type Delivery, deliveriesOf, destination } from '../../../domain/alerts/delivery.ts';
import { newId, now } from '../clock.ts';
import { metric } from '../metrics.ts';

/** Make a delivery that was sent in vain a dead letter, and tell the rule's other channels. */
export async function giveUp(projectId: string, sk: string): Promise<void> {
  const delivery = await deliveries.get(projectId, sk);
  if (delivery?.state !== 'pending') return;
  const { type } = delivery.channel;
  const error = delivery.last_error ?? 'unknown';
  // Before it is written: counted twice is better than not at all.
  metric(
    { GivenUp: [1, 'Count'] },
    { operationId: 'giveUpDelivery', kind: 'delivery', channel: type, error },
  );
  await sending.bury(delivery, await notes(delivery, { type, error }), now());
}

/** Of what was itself such a note nobody is told, nor once more of a channel that is known to be gone. */
async function notes(delivery: Delivery, undelivered: { type: string; error: string }): Promise<Delivery[]> {
  const { project_id, rule_id, message, channel } = delivery;
  if (message.undelivered || undelivered.error === 'endpoint_disabled') return [];
  const rule = await rules.get(project_id, rule_id);
  if (!rule) return [];
  const channels = rule.channels.filter((other) => destination(other) !== destination(channel));
  return deliveriesOf({ ...rule, channels }, { ...message, undelivered }, Date.now(), newId);
}
