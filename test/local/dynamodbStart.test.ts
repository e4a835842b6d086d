import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import { findBinary, indexStreams, pruneStreams, startDynamodb } from '../../local/dynamodb.ts';
import { databaseClient, definition, servedTable, TableName } from './support/dynamodb.ts';

const { here } = servedTable();

afterEach(() => {
  delete process.env.SLIPWAY_DYNAMODB_ENDPOINT;
});

describe('starting', () => {
  test('again on the same folder finds what was written', async () => {
    const other = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    const session = async <T>(work: (client: DynamoDBClient) => Promise<T>) => {
      const database = await startDynamodb({ home: other });
      const client = databaseClient(database.url);
      try {
        return await work(client);
      } finally {
        client.destroy();
        await database.stop();
      }
    };
    const Key = { pk: { S: 'a' }, sk: { S: '1' } };
    await session(async (client) => {
      await client.send(new CreateTableCommand(definition));
      await client.send(new PutItemCommand({ TableName, Item: { ...Key, v: { N: '1' } } }));
    });
    const { Item } = await session((client) => client.send(new GetItemCommand({ TableName, Key })));
    expect(Item).toEqual({ ...Key, v: { N: '1' } });
    rmSync(other, { recursive: true, force: true });
  });

  test('ends cleanly, and several live side by side', async () => {
    const other = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    try {
      const first = await startDynamodb({ home: other });
      expect(first.url).not.toBe(here.database.url);
      expect(first.pid).toBeGreaterThan(0);
      await first.stop();
      await first.stop();
      expect(() => process.kill(first.pid, 0)).toThrow('ESRCH');
      await expect(fetch(first.url)).rejects.toThrow();
      const again = await startDynamodb({ home: other });
      await again.stop();
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  test('another endpoint of this machine may take its place', async () => {
    process.env.SLIPWAY_DYNAMODB_ENDPOINT = 'http://127.0.0.1:8000';
    const named = await startDynamodb({ home: '/nowhere' });
    expect(named).toMatchObject({ url: 'http://127.0.0.1:8000', pid: 0, file: '' });
    indexStreams(named.file);
    expect(await pruneStreams(named.file, TableName, 1n)).toBe(0);
    await named.stop();
  });

  test('an endpoint elsewhere may not', async () => {
    process.env.SLIPWAY_DYNAMODB_ENDPOINT = 'https://dynamodb.us-east-1.amazonaws.com';
    await expect(startDynamodb({ home: '/nowhere' })).rejects.toThrow(
      'an endpoint of this machine is expected',
    );
  });

  test('a platform without a binary is told in two lines what to do', () => {
    expect(() => findBinary('sunos', 'sparc')).toThrow(
      /^No DynamoDB engine for sunos-sparc .*\n.*SLIPWAY_DYNAMODB_ENDPOINT.*$/,
    );
  });
});
