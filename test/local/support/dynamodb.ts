import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { type Dynamodb, indexStreams, startDynamodb } from '../../../local/dynamodb.ts';
import { localKeys } from '../../../local/loopback.ts';

export const TableName = 'things';

export const definition = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: ['pk', 'sk', 'gk'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S' as const,
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-gk',
      KeySchema: [{ AttributeName: 'gk', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const },
};

export const databaseClient = (endpoint: string) =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: localKeys, maxAttempts: 1 });

/** A database with one table for the tests of a file. */
export function servedTable() {
  const home = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  const here = {} as { database: Dynamodb; client: DynamoDBClient; table: DynamoDBDocumentClient };
  beforeAll(async () => {
    here.database = await startDynamodb({ home });
    const endpoint = here.database.url;
    here.client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: localKeys,
      maxAttempts: 1,
    });
    here.table = DynamoDBDocumentClient.from(here.client);
    await here.client.send(new CreateTableCommand(definition));
    indexStreams(here.database.file);
  });
  afterAll(async () => {
    here.client.destroy();
    await here.database.stop();
    rmSync(home, { recursive: true, force: true });
  });
  return {
    here,
    put: (pk: string, sk: string, more = {}, conditions = {}) =>
      here.table.send(new PutCommand({ TableName, Item: { pk, sk, ...more }, ...conditions })),
    get: async (pk: string, sk: string) =>
      (await here.table.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }))).Item,
  };
}
