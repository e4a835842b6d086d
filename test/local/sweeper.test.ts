import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTables } from '../../local/ask.ts';
import { type Dynamodb, startDynamodb } from '../../local/dynamodb.ts';
import { makeTables } from '../../local/stores.ts';
import { startSweeper, sweep } from '../../local/sweeper.ts';
import type { TablePlan } from '../../local/template/plan.ts';
import { temporaryHome, until } from './support/homes.ts';

const { home, remove } = temporaryHome();
const table = (name: string, ttl?: string): TablePlan => ({
  name,
  arn: name,
  ttl,
  stream: false,
  definition: {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  },
});
const tables = [table('short', 'exp'), table('long')];
const now = 1_800_000_000;
let database: Dynamodb;
beforeAll(async () => {
  database = await startDynamodb({ home });
  await makeTables(database.url, tables);
});
afterAll(async () => {
  await database.stop();
  remove();
});

const put = (TableName: string, sk: string, exp?: object) =>
  askTables(database.url, 'PutItem', {
    TableName,
    Item: { pk: { S: 'p' }, sk: { S: sk }, ...(exp && { exp }) },
  });
async function left(TableName: string) {
  const { Items } = await askTables<{ Items: { sk: { S: string } }[] }>(database.url, 'Scan', { TableName });
  return Items.map(({ sk }) => sk.S).sort();
}

test('what has expired is deleted, and nothing else', async () => {
  await put('short', 'expired', { N: String(now - 1) });
  await put('short', 'now', { N: String(now) });
  await put('short', 'later', { N: String(now + 1) });
  await put('short', 'never');
  await put('short', 'a text', { S: '1' });
  await put('short', 'six years ago', { N: String(now - 6 * 365 * 86_400) });
  await put('long', 'expired', { N: String(now - 1) });
  expect(await sweep({ url: database.url, tables, now })).toBe(2);
  expect(await left('short')).toEqual(['a text', 'later', 'never', 'six years ago']);
  expect(await left('long')).toEqual(['expired']);
});

test('a table of many pages is looked through to its end', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, i) => put('short', `many ${i}`, { N: String(now - 5) })));
  expect(await sweep({ url: database.url, tables, now, page: 20 })).toBe(50);
});

test('it goes on by itself until it is stopped', async () => {
  await put('short', 'soon', { N: String(Math.floor(Date.now() / 1000) - 5) });
  const sweeper = startSweeper({ url: database.url, tables, everyMs: 50 });
  try {
    await until(async () => !(await left('short')).includes('soon'), 'the item to go');
  } finally {
    await sweeper.stop();
  }
});
