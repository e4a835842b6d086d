import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../../domain/answer.ts';
import { seconds } from '../../domain/fields.ts';
import { env } from './env.ts';
import { once } from './table.ts';

export type Item = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type Key = Record<string, string>;

const control = () => ({ TableName: env('CONTROL_TABLE') });
const absent = 'attribute_not_exists(pk)';

/** A new item; the transaction fails when there is one already. */
export const put = (Item: Record<string, unknown>): Item => ({
  Put: { ...control(), Item, ConditionExpression: absent },
});

/** The next state of an item, unless one of the named attributes is no longer what was read. */
export const replace = (Item: Record<string, unknown>, was: Record<string, unknown>): Item => ({
  Put: { ...control(), Item, ...unchanged(was) },
});

/** An item whatever was there. */
export const upsert = (Item: Record<string, unknown>): Item => ({ Put: { ...control(), Item } });

export const remove = (Key: Key): Item => ({ Delete: { ...control(), Key } });

export const check = (Key: Key, was: Record<string, unknown>): Item => ({
  ConditionCheck: { ...control(), Key, ...unchanged(was) },
});

function unchanged(was: Record<string, unknown>) {
  const names = Object.keys(was);
  return {
    ConditionExpression: names.map((_, i) => `#w${i} = :w${i}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#w${i}`, name])),
    ExpressionAttributeValues: Object.fromEntries(names.map((name, i) => [`:w${i}`, was[name]])),
  };
}

/** Keep the answer in the very transaction that makes it true. */
export const completing = (answer: Answer, now: string): Item[] =>
  answer.repeat
    ? [
        {
          Update: {
            TableName: env('IDEMPOTENCY_TABLE'),
            Key: { pk: answer.repeat.pk },
            UpdateExpression: 'SET #state = :done, code = :code, body = :body, #exp = :exp',
            ConditionExpression: '#owner = :me',
            ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner', '#exp': 'exp' },
            ExpressionAttributeValues: {
              ':done': 'COMPLETED',
              ':me': answer.repeat.owner,
              ':code': answer.status,
              ':body': JSON.stringify(answer.kept ?? answer.body),
              ':exp': seconds(now) + 86_400,
            },
          },
        },
      ]
    : [];

const attempts = 3;

/**
 * Send one transaction. False: a condition did not hold. Where another transaction was at the same items, or nobody
 * answers, the same items go again with the same token: what was done already is then not done twice.
 */
export async function transact(operationId: string, items: Item[]): Promise<boolean> {
  const token = createHash('sha256')
    .update(operationId)
    .update(JSON.stringify(items))
    .digest('hex')
    .slice(0, 36);
  for (let tried = 1; ; tried++) {
    try {
      await once.send(new TransactWriteCommand({ TransactItems: items, ClientRequestToken: token }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && !isContended(error)) return false;
      if (tried === attempts || !passing(error)) throw error;
      await sleep(Math.random() * 50 * 2 ** tried);
    }
  }
}

/** No condition was found wrong: others were at work there, and nothing is known yet. */
export const isContended = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  !error.CancellationReasons?.some(
    ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'ValidationError',
  );

const lasting = ['IdempotentParameterMismatchException', 'ValidationException', 'AccessDeniedException'];
/** Whether the same may succeed a little later, or has already: nobody can tell. */
export const passing = (error: unknown) => !lasting.includes((error as Error).name);
