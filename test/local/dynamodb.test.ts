import { DescribeTimeToLiveCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { servedTable, TableName } from './support/dynamodb.ts';

const { here, put, get } = servedTable();

describe('the database of this machine', () => {
  test('refuses a write whose condition does not hold, and shows the item that was there', async () => {
    await put('c', '1', { v: 1 });
    const once = {
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    await expect(put('c', '1', { v: 2 }, once)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { v: { N: '1' } },
    });
    expect(await get('c', '1')).toMatchObject({ v: 1 });
  });

  test('commits a transaction whole or not at all, with a reason for each item', async () => {
    await put('t', '1', { v: 1 });
    const refused = here.table.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { pk: 't', sk: '2' } } },
          {
            Put: {
              TableName,
              Item: { pk: 't', sk: '1' },
              ConditionExpression: 'attribute_not_exists(pk)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      }),
    );
    await expect(refused).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { v: { N: '1' } } }],
    });
    expect(await get('t', '2')).toBeUndefined();
  });

  test('carries a transaction out once for each token', async () => {
    const count = (sk: string) =>
      here.table.send(
        new TransactWriteCommand({
          ClientRequestToken: 'a-token',
          TransactItems: [
            {
              Update: {
                TableName,
                Key: { pk: 'token', sk },
                UpdateExpression: 'ADD v :one',
                ExpressionAttributeValues: { ':one': 1 },
              },
            },
          ],
        }),
      );
    await count('1');
    await count('1');
    expect(await get('token', '1')).toMatchObject({ v: 1 });
    await expect(count('2')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  test('lets one of many racing writers through at a time', async () => {
    await put('race', '1', { v: 0 });
    const raise = async (): Promise<void> => {
      const { v } = (await get('race', '1')) as { v: number };
      const command = new UpdateCommand({
        TableName,
        Key: { pk: 'race', sk: '1' },
        UpdateExpression: 'SET v = :next',
        ConditionExpression: 'v = :seen',
        ExpressionAttributeValues: { ':seen': v, ':next': v + 1 },
      });
      await here.table.send(command).catch((error) => {
        expect(error.name).toBe('ConditionalCheckFailedException');
        return raise();
      });
    };
    await Promise.all(Array.from({ length: 10 }, raise));
    expect(await get('race', '1')).toMatchObject({ v: 10 });
  });

  test('answers queries by key, in order, page by page, and by index', async () => {
    for (const sk of ['3', '1', '2']) await put('q', sk, { gk: 'g' });
    const query = (more: object) => here.table.send(new QueryCommand({ TableName, ...more }));
    const byKey = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'q' } };
    const first = await query({ ...byKey, Limit: 2, ScanIndexForward: false });
    expect(first.Items?.map(({ sk }) => sk)).toEqual(['3', '2']);
    const rest = await query({
      ...byKey,
      ScanIndexForward: false,
      ExclusiveStartKey: first.LastEvaluatedKey,
    });
    expect(rest.Items?.map(({ sk }) => sk)).toEqual(['1']);
    const byIndex = { KeyConditionExpression: 'gk = :g', ExpressionAttributeValues: { ':g': 'g' } };
    expect((await query({ ...byIndex, IndexName: 'by-gk' })).Count).toBe(3);
  });

  test('keeps a time to live, and the expired item with it until somebody sweeps', async () => {
    const TimeToLiveSpecification = { AttributeName: 'exp', Enabled: true };
    await here.client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    const { TimeToLiveDescription } = await here.client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'exp', TimeToLiveStatus: 'ENABLED' });
    await put('ttl', '1', { exp: 1 });
    expect(await get('ttl', '1')).toBeDefined();
  });
});
