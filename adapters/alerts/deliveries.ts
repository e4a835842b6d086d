import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Delivery, destination } from '../../domain/alerts/delivery.ts';
import { seconds } from '../../domain/fields.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { type Item, put } from '../aws/transact.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';
import { outboxItem } from '../outbox.ts';

const TableName = () => env('CONTROL_TABLE');
const thirtyDays = 30 * 86_400;
const texts = ['channel', 'message'];

const keyOf = (delivery: Delivery) =>
  at.delivery(delivery.project_id, delivery.tick, destination(delivery.channel), delivery.id);

export const deliveryItem = (delivery: Delivery) => ({
  ...keyOf(delivery),
  v,
  ...packed(delivery, texts),
  exp: seconds(delivery.created_at) + thirtyDays,
});
export const deliveryOf = (item: Record<string, unknown>): Delivery => Delivery.parse(unpacked(item, texts));

/** A delivery that is to be sent, and the word of it: the event carries `subject`, its id, and `delivery_sk`. */
export function added(delivery: Delivery): Item[] {
  const told = {
    id: delivery.id,
    type: 'alert.delivery',
    subject: delivery.id,
    actor: 'system',
    at: delivery.created_at,
  } as const;
  return [
    put(deliveryItem(delivery)),
    put({ ...outboxItem(delivery.project_id, told), delivery_sk: keyOf(delivery).sk }),
  ];
}

/** The delivery under the second half of its key. */
export async function get(projectId: string, sk: string): Promise<Delivery | undefined> {
  const { pk } = at.delivery(projectId, 0, '', '');
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: { pk, sk }, ConsistentRead: true }),
  );
  return Item && deliveryOf(Item);
}

/** The deliveries of a tick for one destination. */
export async function together(projectId: string, tick: number, place: string): Promise<Delivery[]> {
  const { pk, sk } = at.delivery(projectId, tick, place, '');
  const items = await found({
    TableName: TableName(),
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :begin)',
    ExpressionAttributeValues: { ':pk': pk, ':begin': sk },
  });
  return items.map(deliveryOf);
}
