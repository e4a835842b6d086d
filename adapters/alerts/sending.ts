import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Delivery } from '../../domain/alerts/delivery.ts';
import type { Answer } from '../../domain/answer.ts';
import { seconds } from '../../domain/fields.ts';
import { millisecondsOf } from '../../domain/id.ts';
import { written } from '../aws/again.ts';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { completing, put, remove, replace, transact, upsert } from '../aws/transact.ts';
import { at, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';
import { added, deliveryItem, deliveryOf } from './deliveries.ts';

const TableName = () => env('CONTROL_TABLE');
const keyOf = (delivery: Delivery) => {
  const { pk, sk } = deliveryItem(delivery);
  return { pk, sk };
};

/** What of a delivery changes while it is sent; undefined takes it away. */
export type Sending = Partial<
  Pick<
    Delivery,
    | 'state'
    | 'attempts'
    | 'last_status'
    | 'last_error'
    | 'delivered_at'
    | 'due_at'
    | 'first_at'
    | 'claimed_until'
    | 'uncounted'
    | 'given_up'
  >
>;

/** Note how far the sending of a delivery is. False: it is over meanwhile. */
export const note = (delivery: Delivery, fields: Sending): Promise<boolean> => change(delivery, fields, []);

/** Take on the sending of a delivery until a time. False: somebody else did, or has changed it since it was read. */
export const claim = (
  delivery: Delivery,
  { claimed_until, first_at }: Required<Pick<Sending, 'claimed_until' | 'first_at'>>,
): Promise<boolean> => {
  const fields = { claimed_until, first_at, attempts: delivery.attempts + 1 };
  return change(delivery, fields, ['attempts', 'claimed_until']);
};

/** Name the first moment at which a delivery is sent. False: it has one. */
export const postpone = (delivery: Delivery, due_at: number): Promise<boolean> =>
  change(delivery, { due_at }, ['due_at']);

/** Change fields of a delivery that is not over, if the named ones still are what was read. */
function change(delivery: Delivery, fields: Sending, unchanged: (keyof Sending)[]): Promise<boolean> {
  const names = [...new Set([...Object.keys(fields), ...unchanged, 'state'])] as (keyof Sending)[];
  const given = names.filter((name) => fields[name] !== undefined);
  const gone = Object.keys(fields).filter((name) => fields[name as keyof Sending] === undefined);
  const known = unchanged.filter((name) => delivery[name] !== undefined);
  const still = unchanged.map((name) =>
    delivery[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :was_${name}`,
  );
  const sets = given.map((name) => `#${name} = :${name}`).join(', ');
  return taken(
    table.send(
      new UpdateCommand({
        TableName: TableName(),
        Key: keyOf(delivery),
        UpdateExpression: `SET ${sets}${gone.length > 0 ? ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}` : ''}`,
        ConditionExpression: ['#state = :pending', ...still].join(' AND '),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ':pending': 'pending',
          ...Object.fromEntries(given.map((name) => [`:${name}`, fields[name]])),
          ...Object.fromEntries(known.map((name) => [`:was_${name}`, delivery[name]])),
        },
      }),
    ),
  );
}

/** Whether a channel said that it is gone. */
export async function isDisabled({ project_id, channel }: Delivery): Promise<boolean> {
  const { Item } = await table.send(
    new GetCommand({
      TableName: TableName(),
      Key: at.endpoint(project_id, channel.id),
      ConsistentRead: true,
    }),
  );
  return Item !== undefined;
}

/** Send nothing to a channel any more, until somebody shows that it is there. */
export async function disable({ project_id, channel }: Delivery, now: string): Promise<void> {
  const Item = { ...at.endpoint(project_id, channel.id), v, disabled_at: now };
  await table.send(new PutCommand({ TableName: TableName(), Item }));
}

export async function enable(projectId: string, channelId: string): Promise<void> {
  await table.send(new DeleteCommand({ TableName: TableName(), Key: at.endpoint(projectId, channelId) }));
}

/** The dead letter of a delivery lies in the month in which the delivery came to be, so that it is found again. */
const deadKey = ({ id }: Delivery) =>
  at.dead(new Date(millisecondsOf(id)).toISOString().slice(0, 7).replace('-', ''), id);
const ninetyDays = 90 * 86_400;

/** Give a delivery up: it is a dead letter, and other channels hear of it. False: it is over meanwhile. */
export const bury = (delivery: Delivery, notes: readonly Delivery[], now: string): Promise<boolean> =>
  transact(delivery.id, [
    replace(deliveryItem({ ...delivery, state: 'failed', claimed_until: undefined }), { state: 'pending' }),
    upsert({
      ...deadKey(delivery),
      ...{ v, kind: 'delivery', reason: delivery.last_error ?? 'unknown', attempts: delivery.attempts },
      ...{ project_id: delivery.project_id, delivery_sk: keyOf(delivery).sk },
      exp: seconds(now) + ninetyDays,
    }),
    ...notes.flatMap(added),
  ]);

/** A delivery as it is before its first try; one that is on its way stays as it is. */
export const redriven = (delivery: Delivery): Delivery =>
  delivery.state === 'pending'
    ? delivery
    : {
        ...delivery,
        ...{ state: 'pending', attempts: 0, due_at: undefined, first_at: undefined },
        ...{ claimed_until: undefined, uncounted: undefined, given_up: undefined },
      };

/** Start the sending of a delivery anew; a second machine for one that has one is harmless. False: decide anew. */
export const redrive = <B>(
  delivery: Delivery,
  next: Delivery,
  told: Told,
  answer: Answer<B>,
): Promise<boolean> =>
  written(told.id, [
    ...(delivery.state === 'failed'
      ? [
          replace(deliveryItem(next), { state: 'failed' }),
          remove(deadKey(delivery)),
          remove(at.endpoint(delivery.project_id, delivery.channel.id)),
        ]
      : []),
    put({ ...outboxItem(delivery.project_id, told), delivery_sk: keyOf(delivery).sk }),
    ...completing(answer, told.at),
  ]);

/** The deliveries of a project since a time, epoch milliseconds, newest first. */
export const list = (projectId: string, since: number): Promise<Delivery[]> =>
  between(projectId, since, Date.UTC(2286, 0));

/** The delivery of this id. It has the time at which it came to be, which is near that of its tick. */
export async function byId(projectId: string, id: string): Promise<Delivery | undefined> {
  const made = millisecondsOf(id);
  const near = await between(projectId, Math.max(0, made - hour), made + hour);
  return near.find((delivery) => delivery.id === id);
}
const hour = 3_600_000;

async function between(projectId: string, from: number, to: number): Promise<Delivery[]> {
  const items = await found({
    TableName: TableName(),
    ScanIndexForward: false,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':pk': at.delivery(projectId, 0, '', '').pk,
      ':from': at.delivery(projectId, from, '', '').sk,
      ':to': at.delivery(projectId, to, '', '').sk,
    },
  });
  return items.map(deliveryOf);
}
