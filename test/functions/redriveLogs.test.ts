import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as aggregates from '../../adapters/aggregates/aggregates.ts';
import type { Redriven } from '../../functions/kit/aggregates/redrive.ts';
import { chance, seeds } from '../domain/aggregates/samples.ts';
import { closeHours, delivered, logAt, logStream, type StreamRecord } from '../support/logs.ts';
import { counting, hour, itIs, logsOf, marksOf, metric, noon } from './support/counting.ts';

let place: Awaited<ReturnType<typeof counting>>;
let next: () => StreamRecord[];
beforeAll(async () => {
  place = await counting();
  next = logStream(place.world);
});
let used = 0;
let id = '';
beforeEach(() => {
  itIs(noon);
  place.printed.length = 0;
  place.world.hooks.around = (_, run) => run();
  id = place.ids[used++ % 3] ?? '';
});
afterAll(() => {
  vi.useRealTimers();
});

const redrive = (): Promise<Redriven> =>
  place.world.functions.get('redriveLogs')?.({}, {} as Context) as Promise<Redriven>;
const aside = () => [...place.world.store.keys()].filter((key) => /^data\/(aws|dead)\//.test(key));
const notes = () => place.world.table.items('control').filter(({ pk }) => pk?.S?.startsWith('DEAD#'));

/** What the mapping writes of a batch that it gives up, as it is documented: the whole event stands in it as text. */
function giveUp(records: readonly StreamRecord[], as: 'text' | 'object' = 'text') {
  const shardId = 'shardId-00000001573416253325-5baf5a2c';
  const event = { Records: records };
  const failure = {
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 6 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-06-15T12:00:00.000Z',
    DDBStreamBatchInfo: { shardId, batchSize: records.length },
    payload: as === 'text' ? JSON.stringify(event) : event,
  };
  const name = `aws/lambda/0c5b6a0e-8c1c-4f4f-8a53-8a5ad3a7b7b5/${shardId}/2026/06/15/2026-06-15T12.00.00-${records[0]?.eventID}`;
  place.world.store.set(`data/${name}`, Buffer.from(JSON.stringify(failure)));
}

async function logSome(of: number, n: number, random = chance(n)) {
  for (let i = 0; i < n; i++)
    await logAt(id, of + Math.floor(random() * hour), random, { rows: 1 + Math.floor(random() * 3) });
  return next();
}

const closedWith = async (of: number) => {
  expect(marksOf(place.world, id)).toEqual([]);
  const own = logsOf(place.world, id).filter(({ at }) => at >= of && at < of + hour);
  const [sums] = await aggregates.timedRows(id, 'hourSums', [of]);
  expect(sums).toMatchObject({
    requests: own.length,
    rows: own.reduce((sum, { rows }) => sum + rows, 0),
  });
};

test('a batch that was given up is counted, what of it had been folded is not counted again, and its hour closes', async () => {
  const of = noon - 2 * hour;
  const records = await logSome(of, 12);
  await delivered(place.world, records.slice(0, 7));
  giveUp(records.slice(4, 10));
  await delivered(place.world, records.slice(10));
  expect(await redrive()).toEqual({ found: 6, counted: 3, already: 3, unreadable: 0, late: 0, left: 0 });
  await closedWith(of);
  expect(aside()).toEqual([]);
  expect(await redrive()).toEqual({ found: 0, counted: 0, already: 0, unreadable: 0, late: 0, left: 0 });
});

test('a record that was set aside is counted by its log, and its note is gone', async () => {
  const of = noon - 3 * hour;
  const records = await logSome(of, 3);
  const [broken] = records;
  if (broken) broken.dynamodb.NewImage = {};
  await delivered(place.world, records);
  expect([notes().length, aside().length]).toEqual([1, 1]);
  expect(await redrive()).toMatchObject({ found: 1, counted: 1, already: 0, left: 0 });
  expect([notes().length, aside().length]).toEqual([0, 0]);
  await closedWith(of);
});

test('an hour of which nothing was ever folded is counted from the batch alone, whichever way its event is written', async () => {
  const of = noon - 20 * hour;
  giveUp(await logSome(of, 5), 'object');
  expect(await redrive()).toMatchObject({ found: 5, counted: 5, left: 0 });
  await closedWith(of);
});

test('1,000 in the hour with one that nobody can read: 999 count, and with the redrive all', async () => {
  const of = noon - hour;
  const random = chance(9);
  const records = await logSome(of, 1000, random);
  const broken = records[Math.floor(random() * 1000)];
  if (broken) broken.dynamodb.NewImage = { n: { S: 'many' } };
  expect(await delivered(place.world, records)).toBe(1000);
  // It could have been closed for long, and is not overdue yet.
  itIs(noon + hour);
  await closeHours(place.world);
  const counted = async () => {
    const { body } = await place.world.call('getMetrics', {
      params: { deployment_id: id },
      query: `since=${new Date(of).toISOString()}&until=${new Date(of + hour).toISOString()}`,
    });
    return body.requests;
  };
  expect(await counted()).toBe(999);
  expect(marksOf(place.world, id)).toHaveLength(2);
  expect(await redrive()).toMatchObject({ found: 1, counted: 1, left: 0 });
  expect(await counted()).toBe(1000);
  await closedWith(of);
});

test('an hour of which no record came at all is marked in time for lists to look into it, and told', async () => {
  const of = noon - 4 * hour;
  const records = await logSome(of, 3);
  const rows = logsOf(place.world, id).filter(({ at }) => at >= of && at < of + hour);
  const listed = async () => {
    const query = `since=${new Date(of - 1).toISOString()}&until=${new Date(of + hour).toISOString()}&limit=10`;
    return (await place.world.call('listInferenceLogs', { params: { deployment_id: id }, query })).body.total;
  };
  expect(await listed()).toBe(0);
  itIs(of + hour + 10 * 60_000);
  await closeHours(place.world);
  expect(metric(place.printed, 'LogsUncounted')).toBe(1);
  itIs(of + 3 * hour);
  expect(await listed()).toBe(rows.reduce((sum, one) => sum + one.rows, 0));
  await delivered(place.world, records);
  await closeHours(place.world);
  await closedWith(of);
});

test('what nobody can read stays aside: an object that is none, a key that is none, a deployment that nobody knows', async () => {
  place.world.store.set('data/aws/lambda/x/y', Buffer.from('{"payload":"no event"}'));
  const records = await logSome(noon - 6 * hour, 2);
  const [one, other] = structuredClone(records);
  if (one) one.dynamodb.Keys = { pk: { S: 'x' } };
  if (other) other.dynamodb.Keys = { ...other.dynamodb.Keys, pk: { S: `${'0'.repeat(36)}#2026061506#00` } };
  for (const spoiled of [one, other]) if (spoiled) giveUp([spoiled]);
  expect(await redrive()).toEqual({ found: 1, counted: 0, already: 0, unreadable: 3, late: 0, left: 3 });
  expect(aside()).toHaveLength(3);
  const told = place.printed.join('');
  expect(told).not.toContain('no event');
  for (const key of aside()) place.world.store.delete(key);
  await delivered(place.world, records);
});

test('what is of an hour closed for good is said and left where it is', async () => {
  const of = noon - 6 * 24 * hour - hour;
  giveUp(await logSome(of, 2));
  expect(await redrive()).toMatchObject({ found: 2, counted: 0, late: 2, left: 1 });
  for (const key of aside()) place.world.store.delete(key);
});

test('given up in any pieces, redriven twice at once and broken off anywhere: it is counted once and nothing stays aside', async () => {
  let stopped = 0;
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 1, max: 30 }), async (seed, at) => {
      const random = chance(seed);
      const of = noon - (24 + Math.floor(random() * 100)) * hour;
      const records = await logSome(of, 8, random);
      for (let from = 0; from < records.length; ) {
        const batch = records.slice(from, from + 1 + Math.floor(random() * 4));
        if (random() < 0.6) await delivered(place.world, batch);
        if (random() < 0.6) giveUp(batch);
        from += batch.length;
      }
      let calls = 0;
      place.world.hooks.around = async (call, run) => {
        if (!/Put|Update|Delete|DELETE/.test(call.command) || ++calls !== at) return run();
        stopped++;
        throw Object.assign(new Error('it stops here'), { name: 'ValidationException' });
      };
      await redrive().catch(() => undefined);
      place.world.hooks.around = (_, run) => run();
      await Promise.all([redrive(), redrive()]);
      await redrive();
      await closeHours(place.world);
      expect(aside()).toEqual([]);
      await closedWith(of);
    }),
    { numRuns: 15 },
  );
  expect(stopped).toBeGreaterThan(4);
  expect(metric(place.printed, 'LogDropped')).toBe(0);
}, 20_000);
