import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/conformance.ts';
import { reserved } from '../support/dynamodb/reserved.ts';
import { itemBytes } from '../support/dynamodb/value.ts';
import { dynoxideBinary, type Engine, startDynoxide } from '../support/dynoxide.ts';
import { type Command, createTable, type Item } from '../support/table.ts';
import { cases, departures, traces } from './table.cases.ts';
import { command } from './table.commands.ts';

const schema = { control: ['pk', 'sk'], series: ['pk', 'at:N'], idempotency: ['pk'] };

const fresh = () => {
  const client = new DynamoDBClient({ region: 'eu-west-1', maxAttempts: 1 });
  const table = createTable(schema);
  table.install(client);
  return { client, table };
};

describe('the table of the tests answers as DynamoDB is documented to', () => {
  const { client } = fresh();
  test.each(cases)('%s', async (_, before, asked, ends) => {
    for (const one of before) await ask(client, one);
    const reply = await ask(client, asked);
    expect(reply.error ?? 'ok').toBe(ends);
  });
});

const TableName = 'control';
const item = { pk: { S: 'p' }, sk: { S: 's' } };

test('the names that an expression may not use bare are the 573 of the developer guide', () => {
  expect(reserved.size).toBe(573);
});

test.each([
  ['SET list_[9] = :v', { S: 'z' }, ['a', 'b', 'c', 'z']],
  ['SET list_[1] = :v', { S: 'z' }, ['a', 'z', 'c']],
  ['REMOVE list_[0], list_[1]', undefined, ['c']],
  ['REMOVE list_[2], list_[0]', undefined, ['b']],
])('%s goes by the numbers the elements had', async (UpdateExpression, value, left) => {
  const { table } = fresh();
  await table.send('PutItem', {
    TableName,
    Item: { ...item, list_: { L: ['a', 'b', 'c'].map((one) => ({ S: one })) } },
  });
  const ExpressionAttributeValues = value && { ':v': value };
  await table.send('UpdateItem', { TableName, Key: item, UpdateExpression, ExpressionAttributeValues });
  expect(table.peek(TableName, item)?.list_).toEqual({ L: left.map((one) => ({ S: one })) });
});

test.each<[string, Item, number]>([
  ['names and text in UTF-8', { é: { S: '€' } }, 2 + 3],
  ['a number of 5 digits', { n: { N: '12345' } }, 1 + 4],
  ['zeros that end a number are free', { n: { N: '120000' } }, 1 + 2],
  ['a negative number', { n: { N: '-1.5' } }, 1 + 3],
  ['zero', { n: { N: '0' } }, 1 + 1],
  ['bytes', { b: { B: new Uint8Array(7) } }, 1 + 7],
  ['truth and nothing', { t: { BOOL: true }, z: { NULL: true } }, 2 + 2],
  ['a list', { l: { L: [{ S: 'ab' }, { BOOL: true }] } }, 1 + 3 + 2 + 2 + 1],
  ['a map', { m: { M: { a: { S: 'bc' } } } }, 1 + 3 + 1 + 1 + 2],
  ['a set', { s: { SS: ['ab', 'c'] } }, 1 + 3],
])('%s has its documented size', (_, sized, bytes) => {
  expect(itemBytes(sized)).toBe(bytes);
});

test('what is consumed is counted by the kilobyte, twice in a transaction, half for an eventual read', async () => {
  const { table } = fresh();
  const big = { ...item, x: { S: 'x'.repeat(4096) } };
  const units = async (command: Command, input: object) => {
    table.resetUnits();
    await table.send(command, input as never).catch(() => {});
    return table.units.total;
  };
  expect(await units('PutItem', { TableName, Item: item })).toEqual({ calls: 1, read: 0, write: 1 });
  expect((await units('PutItem', { TableName, Item: big })).write).toBe(5);
  expect((await units('GetItem', { TableName, Key: item })).read).toBe(1);
  expect((await units('GetItem', { TableName, Key: item, ConsistentRead: true })).read).toBe(2);
  const ConditionExpression = 'attribute_not_exists(pk)';
  expect((await units('DeleteItem', { TableName, Key: item, ConditionExpression })).write).toBe(5);
  expect(
    (await units('TransactWriteItems', { TransactItems: [{ Delete: { TableName, Key: item } }] })).write,
  ).toBe(10);
  expect(table.units.by.get('TransactWriteItems')).toEqual({ calls: 1, read: 0, write: 10 });
});

test('a client without the SDK is answered in the JSON protocol', async () => {
  const { table } = fresh();
  const say = async (target: string, body: object) => {
    const { status, body: text } = await table.answer(`DynamoDB_20120810.${target}`, JSON.stringify(body));
    return { status, ...JSON.parse(text) };
  };
  const Item = { ...item, b: { B: 'AQID' }, all: { BS: ['AQ==', 'Ag=='] } };
  expect(await say('PutItem', { TableName, Item })).toEqual({ status: 200 });
  expect(table.peek(TableName, item)?.b).toEqual({ B: new Uint8Array([1, 2, 3]) });
  expect(await say('GetItem', { TableName, Key: item })).toEqual({ status: 200, Item });
  const ConditionExpression = 'attribute_not_exists(pk)';
  expect(await say('PutItem', { TableName, Item, ConditionExpression })).toMatchObject({
    status: 400,
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
  });
  expect(await say('GetItem', { TableName, Key: { pk: item.pk } })).toMatchObject({
    status: 400,
    __type: 'com.amazon.coral.validate#ValidationException',
  });
});

test('a parameter that nobody looked at is refused aloud', async () => {
  const { table } = fresh();
  const Key = item;
  await expect(table.send('GetItem', { TableName, Key, AttributesToGet: ['x'] })).rejects.toThrow(
    'the table of the tests does not know AttributesToGet of GetItem',
  );
});

test('a token is forgotten after ten minutes', async () => {
  let now = 0;
  const table = createTable(schema, () => now);
  const again = () =>
    table.send('TransactWriteItems', {
      TransactItems: [
        {
          Update: {
            ...{ TableName, Key: item, UpdateExpression: 'ADD n :o' },
            ExpressionAttributeValues: { ':o': { N: '1' } },
          },
        },
      ],
      ClientRequestToken: 'token',
    });
  for (const at of [0, 599_999, 600_001]) {
    now = at;
    await again();
  }
  expect(table.peek(TableName, item)?.n).toEqual({ N: '2' });
});

test('what was handed out or taken in is not changed by who holds it', async () => {
  const { table } = fresh();
  const mine = { ...item, list_: { L: [{ S: 'a' }] } };
  await table.send('PutItem', { TableName, Item: mine });
  mine.list_.L.push({ S: 'b' });
  const { Item } = await table.send('GetItem', { TableName, Key: item });
  Item?.list_?.L?.pop();
  expect(table.peek(TableName, item)?.list_).toEqual({ L: [{ S: 'a' }] });
});

const found = dynoxideBinary();
if ('reason' in found) console.error(`not compared with the local engine: ${found.reason}`);

describe.skipIf('reason' in found)('the table of the tests and the local engine say the same', () => {
  const { client } = fresh();
  let engine: Engine;
  beforeAll(async () => {
    if ('binary' in found) engine = await startDynoxide(found.binary, schema);
  }, 30_000);
  afterAll(() => engine?.stop());

  test.each(cases.filter(([name]) => !departures.has(name)))('%s', async (_, before, asked) => {
    for (const one of before) expect(await ask(client, one)).toEqual(await ask(engine.client, one));
    expect(await ask(client, asked)).toEqual(await ask(engine.client, asked));
    for (const one of traces) expect(await ask(client, one)).toEqual(await ask(engine.client, one));
  });

  test('where the engine departs from the developer guide it still does', async () => {
    const departing = cases.filter(([name]) => departures.has(name));
    expect(departing).toHaveLength(departures.size);
    for (const [name, before, asked] of departing) {
      for (const one of before) for (const at of [client, engine.client]) await ask(at, one);
      expect(await ask(client, asked), name).not.toEqual(await ask(engine.client, asked));
    }
  });

  test('any sequence of commands is answered alike', async () => {
    let partition = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 6, maxLength: 14 }), async (made) => {
        const pk = `random#${partition++}`;
        for (const one of made.map((make) => make(pk)))
          expect(await ask(client, one), JSON.stringify(one)).toEqual(await ask(engine.client, one));
      }),
      { numRuns: 120 },
    );
  }, 60_000);
});
