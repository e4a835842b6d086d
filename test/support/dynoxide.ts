import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { keyAttribute } from './dynamodb/rows.ts';

export type Engine = { client: DynamoDBClient; stop(): Promise<void> };

/** Where the engine of the local stack lies, or why it cannot run here. */
export function dynoxideBinary(): { binary: string } | { reason: string } {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const binary = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'dynoxide');
    return existsSync(binary) ? { binary } : { reason: `${name} holds no binary` };
  } catch {
    return { reason: `${name} is not installed` };
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

async function untilItAnswers(client: DynamoDBClient): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (attempt >= 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export async function startDynoxide(
  binary: string,
  schema: Record<string, readonly string[]>,
  { inMemory = false } = {},
): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-dynoxide-'));
  const port = await freePort();
  const file = inMemory ? [] : ['--db-path', join(folder, 'db.sqlite')];
  const args = ['--host', '127.0.0.1', '--port', String(port), ...file];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const stop = async () => {
    client.destroy();
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(client);
    for (const [TableName, keys] of Object.entries(schema)) await client.send(creation(TableName, keys));
  } catch (error) {
    await stop();
    throw error;
  }
  return { client, stop };
}

function creation(TableName: string, keys: readonly string[]): CreateTableCommand {
  const attributes = keys.map(keyAttribute);
  return new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: attributes.map(({ name }, at) => ({
      AttributeName: name,
      KeyType: at === 0 ? 'HASH' : 'RANGE',
    })),
  });
}
