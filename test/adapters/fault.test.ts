import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import {
  doubles,
  type FaultKind,
  faultKinds,
  faults,
  injectFaults,
  retryAtOnce,
  singles,
} from '../support/fault.ts';
import { createTable } from '../support/table.ts';

const TableName = 'control';
const Key = { pk: 'P', sk: 'n' };
const add = new UpdateCommand({
  ...{ TableName, Key, UpdateExpression: 'ADD n :o' },
  ExpressionAttributeValues: { ':o': 1 },
});

function world(attempts: number, ...plan: Parameters<typeof faults>[0]) {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ region: 'eu-west-1', retryStrategy: retryAtOnce(attempts) }),
  );
  const table = createTable({ [TableName]: ['pk', 'sk'] });
  const planned = faults(plan);
  table.install(client);
  injectFaults(client, planned);
  const stored = () => Number(table.peek(TableName, { pk: { S: 'P' }, sk: { S: 'n' } })?.n?.N ?? 0);
  return { client, planned, stored, table };
}

test.each<[FaultKind, string, number]>([
  ['throttled', 'ProvisionedThroughputExceededException', 0],
  ['serverError', 'InternalServerError', 0],
  ['timeoutBefore', 'TimeoutError', 0],
  ['timeoutAfter', 'TimeoutError', 1],
  ['resetAfter', 'Error', 1],
  ['conflict', 'TransactionConflictException', 0],
  ['condition', 'ConditionalCheckFailedException', 0],
])('%s without a second attempt is %s and leaves %i done', async (kind, name, done) => {
  const { client, planned, stored } = world(1, { command: 'UpdateItem', nth: 1, kind });
  await expect(client.send(add)).rejects.toMatchObject({ name });
  expect(stored()).toBe(done);
  expect(planned.fired).toEqual([{ command: 'UpdateItem', nth: 1, kind }]);
});

test.each<[FaultKind, number]>([
  ['throttled', 1],
  ['serverError', 1],
  ['timeoutBefore', 1],
  ['timeoutAfter', 2],
  ['resetAfter', 2],
])('%s costs one attempt, and an addition tried again counts %i', async (kind, done) => {
  const { client, planned, stored } = world(3, { command: 'UpdateItem', nth: 1, kind });
  await client.send(add);
  expect(stored()).toBe(done);
  expect(planned.sites).toHaveLength(2);
});

test.each<[FaultKind, string]>([
  ['conflict', 'TransactionConflict'],
  ['condition', 'ConditionalCheckFailed'],
])('%s cancels a transaction with %s', async (kind, Code) => {
  const { client } = world(1, { command: 'TransactWriteItems', nth: 1, kind });
  const transaction = new TransactWriteCommand({ TransactItems: [{ Delete: { TableName, Key } }] });
  await expect(client.send(transaction)).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code }],
  });
});

test('an empty plan lists the sites, from which the plans with one and two faults are made', async () => {
  const { client, planned } = world(1);
  await client.send(new GetCommand({ TableName, Key }));
  await client.send(add);
  await client.send(new GetCommand({ TableName, Key }));
  const sites = [
    { command: 'GetItem', nth: 1 },
    { command: 'UpdateItem', nth: 1 },
    { command: 'GetItem', nth: 2 },
  ];
  expect(planned.sites).toEqual(sites);
  expect(planned.fired).toEqual([]);
  expect(singles(sites)).toHaveLength(3 * faultKinds.length);
  expect(doubles(sites)).toHaveLength(3 * faultKinds.length ** 2);
});

test('the next plan of a client replaces the last', async () => {
  const { client, planned } = world(1, { command: 'GetItem', nth: 1, kind: 'throttled' });
  injectFaults(client, faults([]));
  await client.send(new GetCommand({ TableName, Key }));
  expect(planned.sites).toEqual([]);
});

test('a transport that is no SDK client has its faults by the same plan', async () => {
  const planned = faults([{ command: 'PutItem', nth: 2, kind: 'timeoutAfter' }]);
  let sent = 0;
  const send = () => planned.around('PutItem', async () => ++sent);
  expect(await send()).toBe(1);
  await expect(send()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(sent).toBe(2);
});
