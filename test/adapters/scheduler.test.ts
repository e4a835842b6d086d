import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { createClock } from '../support/clock.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { schedule } from '../support/scheduler.ts';
import { createTable, type Table } from '../support/table.ts';

const TableName = 'control';
const schema = { [TableName]: ['pk', 'sk'] };
const key = (sk: string) => ({ pk: { S: 'P' }, sk: { S: sk } });
const stage = (sk: string, to: string, more: object = {}) => ({
  ...{ TableName, Key: key(sk), UpdateExpression: 'SET stage = :s' },
  ...{ ExpressionAttributeValues: { ':s': { S: to } }, ...more },
});

/** Two deployments, `a` in production; whoever promotes takes production from whom the pointer names. */
async function seeded(): Promise<Table> {
  const table = createTable(schema);
  await table.send('PutItem', { TableName, Item: { ...key('STATE'), prod: { S: 'a' } } });
  for (const one of ['a', 'b', 'c'])
    await table.send('PutItem', {
      TableName,
      Item: { ...key(one), stage: { S: one === 'a' ? 'production' : 'staging' } },
    });
  return table;
}
const productions = (table: Table) =>
  table.items(TableName).filter(({ stage: is }) => is?.S === 'production').length;
const pointer = (table: Table) =>
  table.send('GetItem', { TableName, Key: key('STATE'), ConsistentRead: true });
const point = (to: string) => ({
  ...{ TableName, Key: key('STATE'), UpdateExpression: 'SET prod = :p' },
  ExpressionAttributeValues: { ':p': { S: to } },
});

async function promoteInThreeWrites(table: Table, to: string): Promise<string> {
  const { Item } = await pointer(table);
  await table.send('UpdateItem', stage(to, 'production'));
  await table.send('UpdateItem', stage(Item?.prod?.S ?? '', 'archived'));
  await table.send('UpdateItem', point(to));
  return 'promoted';
}

async function promoteAtOnce(table: Table, to: string): Promise<string> {
  const { Item } = await pointer(table);
  const old = Item?.prod?.S ?? '';
  const moved = point(to);
  await table.send('TransactWriteItems', {
    TransactItems: [
      {
        Update: {
          ...moved,
          ConditionExpression: 'prod = :old',
          ExpressionAttributeValues: { ...moved.ExpressionAttributeValues, ':old': { S: old } },
        },
      },
      { Update: stage(to, 'production') },
      { Update: stage(old, 'archived') },
    ],
  });
  return 'promoted';
}

describe('a schedule', () => {
  const run = async (seed: number, promote: typeof promoteAtOnce) => {
    const table = await seeded();
    let worst = 0;
    const actors = ['b', 'c'].map((to) => () => promote(table, to));
    const weather = { lostBefore: 5, lostAfter: 5, conflict: 10 };
    const afterStep = () => {
      worst = Math.max(worst, productions(table));
    };
    return { ...(await schedule(seed, actors, { table, weather, afterStep })), worst };
  };

  test('is the same for the same seed, and another for another', async () => {
    const hashes = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const { hash, trace } = await run(seed, promoteAtOnce);
      expect((await run(seed, promoteAtOnce)).trace).toEqual(trace);
      hashes.add(hash);
    }
    expect(hashes.size).toBeGreaterThan(40);
  });

  test('breaks three separate writes and never one transaction', async () => {
    let broken = 0;
    for (let seed = 0; seed < 200; seed++) {
      if ((await run(seed, promoteInThreeWrites)).worst > 1) broken++;
      expect((await run(seed, promoteAtOnce)).worst).toBe(1);
    }
    expect(broken).toBeGreaterThan(150);
  });

  test('says how each actor ended and between which steps', async () => {
    const { outcomes, steps, happened } = await run(1, promoteAtOnce);
    expect(outcomes).toHaveLength(2);
    for (const { from, to } of outcomes) expect(0 < from && from < to && to <= steps).toBe(true);
    expect(happened.calls).toBe(4);
  });

  test('loses a call before it is applied, or its answer after', async () => {
    const write = (table: Table) => () => table.send('PutItem', { TableName, Item: key('x') });
    for (const [weather, stored] of [
      [{ lostBefore: 100 }, undefined],
      [{ lostAfter: 100 }, key('x')],
    ] as const) {
      const table = createTable(schema);
      const { outcomes } = await schedule(1, [write(table)], { table, weather });
      expect(outcomes[0]).toMatchObject({ status: 'threw', reason: { name: 'TimeoutError' } });
      expect(table.peek(TableName, key('x'))).toEqual(stored);
    }
  });

  test('kills an actor, which is never heard of again', async () => {
    const table = createTable(schema);
    let after = 0;
    const actor = async () => {
      for (let at = 0; at < 50; at++) await table.send('PutItem', { TableName, Item: key(`${at}`) });
      after++;
    };
    const { outcomes, happened } = await schedule(5, [actor, actor], { table, weather: { killed: 10 } });
    expect(outcomes.map(({ status }) => status)).toEqual(['killed', 'killed']);
    expect([after, happened.killed]).toEqual([0, 2]);
    expect(table.items(TableName).length).toBeLessThan(50);
  });

  test('wakes sleepers in the order of their time and lets time pass for nobody else', async () => {
    const clock = createClock(0);
    const woken: number[] = [];
    const sleeper = (milliseconds: number) => async () => {
      await clock.sleep(milliseconds);
      woken.push(milliseconds);
      return clock.now();
    };
    const { outcomes } = await schedule(3, [9000, 3000, 6000].map(sleeper), { clock });
    expect(woken).toEqual([3000, 6000, 9000]);
    for (const outcome of outcomes) expect(outcome.status).toBe('returned');
    expect(clock.now()).toBeGreaterThanOrEqual(9000);
  });

  test('waits for what takes real time in an actor', async () => {
    const table = createTable(schema);
    const actor = async () => {
      const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(8));
      await table.send('PutItem', { TableName, Item: key(Buffer.from(digest).toString('hex')) });
    };
    const { outcomes } = await schedule(1, [actor, actor], { table });
    expect(outcomes.map(({ status }) => status)).toEqual(['returned', 'returned']);
  });

  test('names its seed when an invariant fails or an actor waits for nothing it knows', async () => {
    const table = await seeded();
    const fails = schedule(77, [() => pointer(table)], {
      table,
      afterStep: () => {
        throw new Error('two productions');
      },
    });
    await expect(fails).rejects.toThrow('schedule 77: two productions');
    await expect(schedule(78, [() => new Promise(() => {})])).rejects.toThrow('schedule 78: actor 0 waits');
  });
});

describe('a table in bad weather', () => {
  const during = async (weather: object, reader: (table: Table) => Promise<unknown>) => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const table = await seeded();
      const { outcomes } = await schedule<unknown>(
        seed,
        [() => promoteAtOnce(table, 'b'), () => reader(table), () => promoteAtOnce(table, 'c')],
        { table, weather },
      );
      for (const [at, one] of outcomes.entries()) {
        const said = one.status === 'returned' ? one.value : (one as { reason: Error }).reason.name;
        seen.add(`${at} ${JSON.stringify(said)}`);
      }
    }
    return seen;
  };
  const countProductions = async (table: Table) => {
    const { Items } = await table.send('Query', {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'P' } },
    });
    return Items?.filter(({ stage: is }) => is?.S === 'production').length;
  };

  test('shows a query a transaction in part until it is answered', async () => {
    const seen = await during({ torn: 50 }, countProductions);
    expect([...seen].filter((one) => one.startsWith('1')).sort()).toEqual(['1 0', '1 1', '1 2']);
  });

  test('shows it whole in fair weather', async () => {
    const seen = await during({}, countProductions);
    expect([...seen].filter((one) => one.startsWith('1'))).toEqual(['1 1']);
  });

  test('gives an eventual read what stood there before, a consistent one never', async () => {
    for (const ConsistentRead of [true, false]) {
      const table = createTable(schema);
      const actor = async () => {
        await table.send('PutItem', { TableName, Item: { ...key('x'), n: { N: '1' } } });
        await table.send('PutItem', { TableName, Item: { ...key('x'), n: { N: '2' } } });
        return (await table.send('GetItem', { TableName, Key: key('x'), ConsistentRead })).Item?.n?.N;
      };
      const { outcomes } = await schedule(1, [actor], { table, weather: { stale: 100 } });
      expect(outcomes[0]).toMatchObject({ status: 'returned', value: ConsistentRead ? '2' : '1' });
    }
  });

  test('cancels a transaction that meets another one', async () => {
    const touching = (table: Table) => () =>
      table.send('TransactWriteItems', { TransactItems: [{ Update: stage('b', 'staging') }] });
    const codes = new Set<unknown>();
    for (let seed = 0; seed < 30; seed++) {
      const table = await seeded();
      const { outcomes } = await schedule(seed, [touching(table), touching(table)], {
        table,
        weather: { conflict: 100 },
      });
      for (const one of outcomes)
        if (one.status === 'threw')
          codes.add((one.reason as { CancellationReasons: { Code: string }[] }).CancellationReasons[0]?.Code);
    }
    expect([...codes]).toEqual(['TransactionConflict']);
  });

  test('leaves keys of a batch unprocessed', async () => {
    const table = await seeded();
    const actor = () =>
      table.send('BatchGetItem', { RequestItems: { [TableName]: { Keys: [key('a'), key('b')] } } });
    const { outcomes } = await schedule(1, [actor], { table, weather: { unprocessed: 100 } });
    expect(outcomes[0]).toMatchObject({
      value: { UnprocessedKeys: { [TableName]: { Keys: [key('a'), key('b')] } } },
    });
  });
});

describe('an exhaustive search', () => {
  const world = async (count: number, calls: number) => {
    const table = createTable(schema);
    const actor = (who: number) => async () => {
      for (let at = 0; at < calls; at++)
        await table.send('PutItem', { TableName, Item: key(`${who}.${at}`) });
    };
    return { table, actors: Array.from({ length: count }, (_, who) => actor(who)) };
  };

  test.each([
    [2, 3, 20],
    [2, 4, 70],
    [3, 3, 1680],
  ])('tries all orders of %i actors with %i calls, which are %i', async (actors, calls, interleavings) => {
    const ends = new Set<string>();
    const explored = await exhaustive<void>(async () => ({
      ...(await world(actors, calls)),
      atEnd: ({ hash }) => void ends.add(hash),
    }));
    expect(explored).toEqual({
      interleavings,
      steps: interleavings * actors * calls,
      calls: interleavings * actors * calls,
    });
    expect(ends.size).toBe(interleavings);
  });

  test('finds the order in which three separate writes leave two productions', async () => {
    const worst = async (promote: typeof promoteAtOnce) => {
      let most = 0;
      await exhaustive(async () => {
        const table = await seeded();
        const actors = ['b', 'c'].map((to) => () => promote(table, to));
        const atEnd = () => {
          most = Math.max(most, productions(table));
        };
        return { table, actors, atEnd };
      });
      return most;
    };
    expect(await worst(promoteInThreeWrites)).toBe(2);
    expect(await worst(promoteAtOnce)).toBe(1);
  });

  test('says so when there are more orders than it may try', async () => {
    await expect(exhaustive(() => world(3, 3), { limit: 1000 })).rejects.toThrow(
      'more than 1000 interleavings',
    );
  });
});

test('a document client passes the gates and keeps its own values', async () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-1', maxAttempts: 1 }));
  const trace = async () => {
    const table = createTable(schema);
    table.install(client);
    const actor = async () => {
      await client.send(new PutCommand({ TableName, Item: { pk: 'P', sk: 'x', list: [1, { a: null }] } }));
      await client.send(
        new UpdateCommand({
          ...{ TableName, Key: { pk: 'P', sk: 'x' }, UpdateExpression: 'ADD n :o' },
          ExpressionAttributeValues: { ':o': 1 },
        }),
      );
      return (await client.send(new GetCommand({ TableName, Key: { pk: 'P', sk: 'x' } }))).Item;
    };
    const run = await schedule(9, [actor, actor, actor], { table, weather: { lostAfter: 10 } });
    expect(run.outcomes.some((one) => one.status === 'returned' && one.value?.list[1].a === null)).toBe(true);
    return run.hash;
  };
  expect(await trace()).toBe(await trace());
});
