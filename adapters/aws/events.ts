import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { env } from './env.ts';
import { limits } from './limits.ts';

export const bus = new EventBridgeClient(limits());

export interface Published {
  id: string;
  type: string;
  detail: Record<string, unknown>;
}

/** Put events on the bus; those that it did not take are named. */
export async function publish(events: readonly Published[]): Promise<Set<string>> {
  const refused = new Set<string>();
  for (let i = 0; i < events.length; i += 10) {
    const some = events.slice(i, i + 10);
    const { Entries = [] } = await bus.send(
      new PutEventsCommand({
        Entries: some.map(({ id, type, detail }) => ({
          EventBusName: env('EVENT_BUS'),
          Source: 'slipway',
          DetailType: type,
          Detail: JSON.stringify({ id, ...detail }),
        })),
      }),
    );
    for (const [n, event] of some.entries()) if (Entries[n]?.ErrorCode || !Entries[n]) refused.add(event.id);
  }
  return refused;
}
