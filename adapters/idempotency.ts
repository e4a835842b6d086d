import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Kept } from '../domain/idempotency.ts';
import type { Repeat } from '../domain/operation.ts';
import { env } from './aws/env.ts';
import { table } from './aws/table.ts';

const day = 86_400;
const place = (pk: string) => ({ TableName: env('IDEMPOTENCY_TABLE'), Key: { pk } });

/** Take the request on, unless somebody has it: then what is kept of it. `known` is what may be taken over. */
export async function claim(pk: string, mine: Kept, now: number, known?: Kept): Promise<Kept | undefined> {
  const free = 'attribute_not_exists(pk) OR #exp <= :now';
  const abandoned = '#owner = :owner AND #state = :running AND #until <= :ms AND bh = :bh';
  try {
    await table.send(
      new PutCommand({
        TableName: env('IDEMPOTENCY_TABLE'),
        Item: { pk, ...mine, exp: Math.floor(now / 1000) + day },
        ConditionExpression: known ? `${free} OR (${abandoned})` : free,
        ExpressionAttributeNames: {
          '#exp': 'exp',
          ...(known && { '#owner': 'owner', '#state': 'state', '#until': 'until' }),
        },
        ExpressionAttributeValues: {
          ':now': Math.floor(now / 1000),
          ...(known && { ':owner': known.owner, ':running': 'INPROGRESS', ':ms': now, ':bh': mine.bh }),
        },
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item } = await table.send(new GetCommand({ ...place(pk), ConsistentRead: true }));
    if (!Item) return claim(pk, mine, now, known);
    // Our own first sending, whose answer got lost.
    return Item.owner === mine.owner ? undefined : (Item as Kept);
  }
}

/** Keep an answer that no transaction kept: a refusal, or a change that had nothing to change. */
export async function complete({ pk, owner }: Repeat, code: number, body: string): Promise<void> {
  await unlessLost(
    new UpdateCommand({
      ...place(pk),
      UpdateExpression: 'SET #state = :done, code = :code, body = :body',
      ConditionExpression: '#owner = :me AND #state = :running',
      ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':done': 'COMPLETED',
        ':running': 'INPROGRESS',
        ':me': owner,
        ':code': code,
        ':body': body,
      },
    }),
  );
}

/** Let go of a request that failed by our own fault: its repeat runs anew, and as another attempt. */
export async function release({ pk, owner }: Repeat): Promise<void> {
  await unlessLost(
    new UpdateCommand({
      ...place(pk),
      UpdateExpression: 'SET #until = :past',
      ConditionExpression: '#owner = :me AND #state = :running',
      ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner', '#until': 'until' },
      ExpressionAttributeValues: { ':running': 'INPROGRESS', ':me': owner, ':past': 0 },
    }),
  );
}

/** Somebody else owns it by now: then it is his to finish. */
const unlessLost = (command: UpdateCommand) =>
  table.send(command).catch((error) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
