import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { askTables } from '../../local/ask.ts';
import { deliver, type StreamRecord } from '../../local/delivery.ts';
import { type Dynamodb, pruneStreams, startDynamodb } from '../../local/dynamodb.ts';
import { makeTables } from '../../local/stores.ts';
import { startStreams } from '../../local/streams.ts';
import type { MappingPlan, TablePlan } from '../../local/template/plan.ts';
import { temporaryHome, until } from './support/homes.ts';

const { home, remove } = temporaryHome();
const mapping = (more: Partial<MappingPlan> = {}): MappingPlan => ({
  id: 'm',
  table: 'things',
  streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/things/stream/local',
  function: 'note',
  batchSize: 100,
  filters: [],
  bisect: false,
  reportFailures: false,
  retries: -1,
  ...more,
});
type Event = { Records: StreamRecord[] };
const numbersIn = (event: string) =>
  (JSON.parse(event) as Event).Records.map(({ dynamodb }) => dynamodb.SequenceNumber);

describe('a batch', () => {
  const records = (count: number): StreamRecord[] =>
    Array.from({ length: count }, (_, i) => ({ dynamodb: { SequenceNumber: String(i + 1) } }));

  /** Deliver, and tell which batches the function saw and how far the checkpoint went. */
  async function run(
    count: number,
    more: Partial<MappingPlan>,
    invoke: (numbers: string[], call: number) => { ok?: boolean; value?: unknown },
    twice = false,
  ) {
    const batches: string[][] = [];
    let after = '0';
    await deliver(records(count), mapping(more), {
      invoke: async (_, event) => {
        const numbers = numbersIn(event);
        batches.push(numbers);
        const { ok = true, value = null } = invoke(numbers, batches.length);
        return { ok, payload: JSON.stringify(value) };
      },
      advance: (to) => {
        expect(BigInt(to)).toBeGreaterThan(BigInt(after));
        after = to;
      },
      signal: new AbortController().signal,
      twice,
      wait: async () => {},
    });
    return { batches, after };
  }
  const fails = (identifier: string) => ({ value: { batchItemFailures: [{ itemIdentifier: identifier }] } });

  test('has at most the size that the mapping says, in order', async () => {
    const { batches, after } = await run(5, { batchSize: 2 }, () => ({}));
    expect(batches).toEqual([['1', '2'], ['3', '4'], ['5']]);
    expect(after).toBe('5');
  });

  test('that fails is tried again as it was, until it is done', async () => {
    const { batches, after } = await run(2, {}, (_, call) => ({ ok: call === 4 }));
    expect(batches).toEqual([
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
    ]);
    expect(after).toBe('2');
  });

  test('that keeps failing is given up when its attempts are used up, and the next one goes on', async () => {
    const { batches, after } = await run(2, { batchSize: 1, retries: 2 }, ([first]) => ({
      ok: first !== '1',
    }));
    expect(batches).toEqual([['1'], ['1'], ['1'], ['2']]);
    expect(after).toBe('2');
  });

  test('is halved where the mapping says so, until what is bad stands alone', async () => {
    const { batches, after } = await run(4, { bisect: true, retries: 0 }, (numbers) => ({
      ok: !numbers.includes('3'),
    }));
    expect(batches).toEqual([['1', '2', '3', '4'], ['1', '2'], ['3', '4'], ['3'], ['4']]);
    expect(after).toBe('4');
  });

  test('goes on from the first record that the function names as failed', async () => {
    const { batches, after } = await run(4, { reportFailures: true }, (_, call) =>
      call === 1 ? fails('3') : {},
    );
    expect(batches).toEqual([
      ['1', '2', '3', '4'],
      ['3', '4'],
    ]);
    expect(after).toBe('4');
  });

  test('of which some went well is neither halved nor given up for the rest', async () => {
    const more = { reportFailures: true, bisect: true, retries: 0 };
    const { batches, after } = await run(4, more, (_, call) => (call === 1 ? fails('2') : {}));
    expect(batches).toEqual([
      ['1', '2', '3', '4'],
      ['2', '3', '4'],
    ]);
    expect(after).toBe('4');
  });

  test('fails as a whole when the function names what is not in it', async () => {
    const { batches } = await run(2, { reportFailures: true }, (_, call) => (call === 1 ? fails('9') : {}));
    expect(batches).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
  });

  test('is done when names of failures come from a function whose mapping does not ask for them', async () => {
    expect((await run(2, {}, () => fails('1'))).batches).toHaveLength(1);
  });

  test('comes twice where the test switch is on', async () => {
    expect((await run(2, {}, () => ({}), true)).batches).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
  });

  test('never loses a record that succeeds, whatever fails and however it is halved', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        async (count, batchSize, outcomes, bisect, reportFailures) => {
          const done = new Set<string>();
          const { after } = await run(count, { batchSize, bisect, reportFailures }, (numbers, call) => {
            const ok = outcomes[call - 1] ?? true;
            if (ok) for (const number of numbers) done.add(number);
            return { ok };
          });
          expect(done.size).toBe(count);
          expect(after).toBe(String(count));
        },
      ),
    );
  });
});

describe('the stream of a table', () => {
  const things: TablePlan = {
    name: 'things',
    arn: 'arn',
    stream: true,
    definition: {
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    },
  };
  let database: Dynamodb;
  beforeAll(async () => {
    database = await startDynamodb({ home });
    await makeTables(database.url, [things]);
  });
  afterAll(async () => {
    await database.stop();
    remove();
  });
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const put = (pk: string) =>
    askTables(database.url, 'PutItem', { TableName: 'things', Item: { pk: { S: pk } } });
  const keysIn = (event: string) =>
    (JSON.parse(event).Records as { dynamodb: { NewImage: { pk: { S: string } } } }[]).map(
      (r) => r.dynamodb.NewImage.pk.S,
    );

  async function listen(more: {
    filters?: object[];
    ok?: () => boolean;
    folder: string;
    twice?: boolean;
    pruneMs?: number;
  }) {
    const heard: string[] = [];
    const events: string[] = [];
    const { ok = () => true, folder, filters = [], twice, pruneMs } = more;
    const { stop } = await startStreams({
      url: database.url,
      tables: [things],
      mappings: [mapping({ filters })],
      home: join(home, folder),
      prune: (table, upTo) => pruneStreams(database.file, table, upTo),
      invoke: async (_, event) => {
        const good = ok();
        events.push(event);
        if (good) heard.push(...keysIn(event));
        return { ok: good, payload: 'null' };
      },
      twice,
      pruneMs,
      idleMs: 20,
    });
    stops.push(stop);
    return { heard, events, stop };
  }

  test('reaches the function from its beginning, in the form of Lambda', async () => {
    await put('a');
    const { heard, events } = await listen({ folder: 'begin' });
    await put('b');
    await until(() => heard.includes('b'), 'b');
    expect(heard).toEqual(['a', 'b']);
    expect(JSON.parse(events[0] ?? '').Records[0]).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: mapping().streamArn,
      dynamodb: {
        Keys: { pk: { S: 'a' } },
        NewImage: { pk: { S: 'a' } },
        SequenceNumber: '1',
        StreamViewType: 'NEW_IMAGE',
      },
    });
  });

  test('is gone on with after a restart, behind what was done', async () => {
    const first = await listen({ folder: 'again' });
    await put('c');
    await until(() => first.heard.includes('c'), 'c');
    await first.stop();
    await put('d');
    const second = await listen({ folder: 'again' });
    await until(() => second.heard.includes('d'), 'd');
    expect(second.heard).toEqual(['d']);
  });

  test('is delivered again after a stop in the middle of a batch', async () => {
    const first = await listen({ folder: 'middle', ok: () => false });
    await put('e');
    await until(() => first.events.length > 0, 'a first attempt');
    await first.stop();
    const second = await listen({ folder: 'middle' });
    await until(() => second.heard.includes('e'), 'e');
  });

  test('is filtered, and what the filter leaves out is behind the checkpoint as well', async () => {
    const filters = [{ dynamodb: { NewImage: { pk: { S: [{ prefix: 'E#' }] } } } }];
    const { heard } = await listen({ folder: 'filtered', filters });
    await put('E#1');
    await put('other');
    const file = join(home, 'filtered', 'streams', 'm.json');
    await until(() => heard.length > 0, 'one record');
    const { Records } = JSON.parse(JSON.stringify({ Records: heard }));
    expect(Records).toEqual(['E#1']);
    await until(
      () => existsSync(file) && Number(JSON.parse(readFileSync(file, 'utf8')).after) >= 7,
      'the checkpoint',
    );
  });

  test('comes twice where the test switch is on', async () => {
    const { heard } = await listen({ folder: 'twice', twice: true });
    await put('f');
    await until(() => heard.filter((key) => key === 'f').length === 2, 'f twice');
  });

  test('is forgotten behind the readers, and numbers go on', async () => {
    const { heard } = await listen({ folder: 'pruned', pruneMs: 30 });
    await put('g');
    await until(() => heard.includes('g'), 'g');
    await new Promise((later) => setTimeout(later, 200));
    await put('h');
    await until(() => heard.includes('h'), 'h');
    const fresh = await listen({ folder: 'fresh' });
    await until(() => fresh.heard.includes('h'), 'h again');
    expect(fresh.heard).not.toContain('a');
  });

  test('that no table has is an error at the start', async () => {
    const settings = {
      url: database.url,
      tables: [things],
      home,
      prune: async () => {},
      invoke: async () => ({ ok: true, payload: '' }),
    };
    await expect(startStreams({ ...settings, mappings: [mapping({ table: 'none' })] })).rejects.toThrow(
      /^m: /,
    );
  });
});
