import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { day } from '../../domain/aggregates/time.ts';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import { between, found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at, timeIn, v } from '../items.ts';

/** The marks of an hour that is not closed, by their tokens; undefined where there is none. */
export interface Marks {
  readers: string | undefined;
  closers: string | undefined;
}
type Key = { pk: string; sk: string };

/** Until no log of the hour is kept any more; until its lanes are gone, and closing it is no longer possible. */
const expiry = { readers: 367 * day, closers: 8 * day };

/** Mark an hour under a token never used before: first for readers, then for closers. */
export async function set(deploymentId: string, hour: number, token: string): Promise<void> {
  await mark(at.openHour(deploymentId, hour), token, hour + expiry.readers);
  await mark(at.openIn(hour, deploymentId), token, hour + expiry.closers);
}

const mark = (key: Key, token: string, until: number) =>
  table.send(
    new PutCommand({
      TableName: env('AGGREGATES_TABLE'),
      Item: { ...key, v, token, exp: Math.floor(until / 1000) },
    }),
  );

/** Both tokens, the closers' first. */
export async function get(deploymentId: string, hour: number): Promise<Marks> {
  const closers = await tokenOf(at.openIn(hour, deploymentId));
  return { closers, readers: await tokenOf(at.openHour(deploymentId, hour)) };
}

async function tokenOf(Key: Key): Promise<string | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('AGGREGATES_TABLE'), Key, ConsistentRead: true }),
  );
  return Item && String(Item.token);
}

/** Take the marks away, the readers' first, unless somebody has set one anew. */
export async function remove(deploymentId: string, hour: number, marks: Marks): Promise<void> {
  if (await removed(at.openHour(deploymentId, hour), marks.readers))
    await removed(at.openIn(hour, deploymentId), marks.closers);
}

const removed = (Key: Key, token: string | undefined): Promise<boolean> =>
  taken(
    table.send(
      new DeleteCommand({
        TableName: env('AGGREGATES_TABLE'),
        Key,
        ConditionExpression: token === undefined ? 'attribute_not_exists(pk)' : goneOrSame,
        ...(token !== undefined && {
          ExpressionAttributeNames: { '#token': 'token' },
          ExpressionAttributeValues: { ':token': token },
        }),
      }),
    ),
  );
const goneOrSame = 'attribute_not_exists(pk) OR #token = :token';

/** The marked hours of a deployment from one hour to another, both inclusive. */
export async function within(deploymentId: string, from: number, to: number): Promise<number[]> {
  const items = await between(at.openHour(deploymentId, from), at.openHour(deploymentId, to));
  return items.map(({ sk }) => timeIn(String(sk).slice(2)));
}

/** The deployments for which an hour is not closed. */
export async function deploymentsIn(hour: number): Promise<string[]> {
  const items = await found({
    TableName: env('AGGREGATES_TABLE'),
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': at.openIn(hour, '').pk },
  });
  return items.map(({ sk }) => String(sk));
}
