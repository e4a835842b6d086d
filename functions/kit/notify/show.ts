import { shownChannels } from '../../../domain/alerts/channels.ts';
import type { Delivery } from '../../../domain/alerts/delivery.ts';
import { time } from '../../../domain/fields.ts';

/** A delivery as it is shown: what became of it, and not what it says. */
export const shownDelivery = ({ channel, message, due_at, ...delivery }: Delivery) => {
  const [shown] = shownChannels([channel]);
  if (!shown) throw new Error('a delivery has a channel');
  const waits = delivery.state === 'pending' && due_at !== undefined;
  return {
    ...delivery,
    ...{ delivery_id: delivery.id, alert_id: message.alert.alert_id, type: message.type, channel: shown },
    next_attempt_at: waits ? time(due_at) : null,
  };
};
