import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../domain/answer.ts';
import { ApiKey } from '../domain/apiKey.ts';
import { conflict } from '../domain/problem.ts';
import { env } from './aws/env.ts';
import { table } from './aws/table.ts';
import { completing, type Item, put, replace, transact } from './aws/transact.ts';
import { at, v } from './items.ts';
import { outboxItem, type Told } from './outbox.ts';

const keys = () => ({ TableName: env('KEYS_TABLE') });

/** Two tables hold a key: one that authentication reads, with the digest; one that lists show, without. */
const added = (key: ApiKey, digest: Uint8Array): Item[] => [
  {
    Put: {
      ...keys(),
      Item: { ...at.key(key.id), v, ...key, digest },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  },
  put({ ...at.keyListed(key.id), v, ...key }),
];

export async function create<B>(key: ApiKey, digest: Uint8Array, answer: Answer<B>, told: Told): Promise<B> {
  const done = await transact(told.id, [
    ...added(key, digest),
    put(outboxItem(undefined, told)),
    ...completing(answer, key.created_at),
  ]);
  if (!done) throw conflict('The key exists');
  return answer.body;
}

/** Make a key known before there is anybody to ask for it. */
export const install = (key: ApiKey, digest: Uint8Array): Promise<boolean> => {
  const { id, created_by: actor, created_at: time } = key;
  const told: Told = { id, type: 'key.created', subject: id, actor, at: time };
  return transact(id, [...added(key, digest), put(outboxItem(undefined, told))]);
};

export async function get(id: string): Promise<ApiKey | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('CONTROL_TABLE'), Key: at.keyListed(id), ConsistentRead: true }),
  );
  return Item && ApiKey.parse(Item);
}

/** All keys, newest first. */
export async function list(): Promise<ApiKey[]> {
  const found: ApiKey[] = [];
  const pages = paginateQuery(
    { client: table },
    {
      TableName: env('CONTROL_TABLE'),
      ConsistentRead: true,
      ScanIndexForward: false,
      KeyConditionExpression: 'pk = :keys',
      ExpressionAttributeValues: { ':keys': at.keyListed('').pk },
    },
  );
  for await (const { Items = [] } of pages) found.push(...Items.map((item) => ApiKey.parse(item)));
  return found;
}

/** When a key was last used; the one column of its other half that a list may read. */
export async function lastUsed(id: string): Promise<string | null> {
  const { Item } = await table.send(
    new GetCommand({ ...keys(), Key: at.key(id), ProjectionExpression: 'pk, last_used_at' }),
  );
  return (Item?.last_used_at as string | undefined) ?? null;
}

export async function revoke<B>(key: ApiKey, answer: Answer<B>, told: Told): Promise<B> {
  const revoked = { ...key, revoked_at: told.at };
  const done = await transact(told.id, [
    replace({ ...at.keyListed(key.id), v, ...revoked }, { id: key.id }),
    {
      Update: {
        ...keys(),
        Key: at.key(key.id),
        UpdateExpression: 'SET revoked_at = :at',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':at': told.at },
      },
    },
    put(outboxItem(undefined, told)),
    ...completing(answer, told.at),
  ]);
  if (!done) throw conflict('The key is being changed');
  return answer.body;
}
