import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as lanes from '../../adapters/aggregates/lanes.ts';
import { sumOf } from '../../domain/aggregates/tally.ts';
import { newId } from '../../functions/kit/clock.ts';
import { chance, seeds } from '../domain/aggregates/samples.ts';
import { type FaultKind, faults } from '../support/fault.ts';
import { closeHours, delivered, logAt, logStream, type StreamRecord } from '../support/logs.ts';
import { counting, hour, itIs, logsOf, marksOf, metric, noon } from './support/counting.ts';

let place: Awaited<ReturnType<typeof counting>>;
let next: () => StreamRecord[];
beforeAll(async () => {
  place = await counting();
  next = logStream(place.world);
});
beforeEach(() => {
  itIs(noon);
  place.printed.length = 0;
  place.world.hooks.around = (_, run) => run();
});
afterAll(() => {
  vi.useRealTimers();
});

const kinds: FaultKind[] = [
  'throttled',
  'serverError',
  'timeoutBefore',
  'timeoutAfter',
  'resetAfter',
  'condition',
];

/** Requests of some minutes on both sides of an hour, of several lanes. */
async function logged(id: string, random: () => number, n: number): Promise<StreamRecord[]> {
  for (let i = 0; i < n; i++)
    await logAt(id, noon - hour + Math.floor((random() - 0.5) * 40 * 60_000), random, {
      rows: random() < 0.3 ? 1 + Math.floor(random() * 5) : 1,
      status_code: [200, 200, 422, 500][Math.floor(random() * 4)] ?? 200,
      latency_ms: random() * 50,
    });
  return next();
}

async function foldedOf(id: string) {
  const hours = await Promise.all([noon - 2 * hour, noon - hour].map((of) => lanes.inHour(id, of)));
  return sumOf(hours.flat().map(({ lane }) => lane.sums));
}

/** Every fault that a call may meet, some of the time. */
const unsteady =
  (random: () => number, often: number) =>
  <T>({ command, service }: { service: string; command: string }, run: () => Promise<T>): Promise<T> => {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? 'throttled';
    if (service !== 'dynamodb' || random() >= often) return run();
    if (kind === 'condition' && !command.startsWith('Update')) return run();
    return faults([{ command, nth: 1, kind }]).around(command, run);
  };

/** A consumer as the mapping is: batches of any size from where it stands, some of them again. */
async function consume(records: readonly StreamRecord[], random: () => number) {
  for (let at = 0, tried = 0; at < records.length; tried++) {
    if (tried > 400) throw new Error('it never ends');
    const from = random() < 0.3 ? Math.floor(random() * (at + 1)) : at;
    const batch = records.slice(from, from + 1 + Math.floor(random() * 10));
    const done = from + (await delivered(place.world, batch).catch(() => 0));
    at = Math.max(at, done);
  }
}

test('every log counts once, whatever is delivered again, re-cut, refused, or at work at the same time', async () => {
  let folds = 0;
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const random = chance(seed);
      // Its own deployment: the function asks for none.
      const id = newId();
      place.world.hooks.around = (_, run) => run();
      const records = await logged(id, random, 25);
      place.world.hooks.around = unsteady(random, 0.08);
      await Promise.all([consume(records, random), consume(records, random)]);
      place.world.hooks.around = (_, run) => run();
      const sums = await foldedOf(id);
      const logs = logsOf(place.world, id);
      const rows = (of: typeof logs) => of.reduce((sum, one) => sum + one.rows, 0);
      expect([sums.requests, sums.rows, sums.errors]).toEqual([
        logs.length,
        rows(logs),
        rows(logs.filter(({ status }) => status >= 400)),
      ]);
      expect(marksOf(place.world, id).length % 2).toBe(0);
      folds += logs.length;
    }),
    { numRuns: 12 },
  );
  expect(folds).toBe(12 * 25);
}, 20_000);

test('a lane that somebody else has written meanwhile is read and folded again', async () => {
  const id = newId();
  await logAt(id, noon - 2000, chance(15));
  await logAt(id, noon - 1000, chance(16));
  const records = next();
  for (const before of ['no lane', 'a lane']) {
    const more = before === 'no lane' ? records : await another(id);
    let meanwhile: Promise<number> | undefined;
    place.world.hooks.around = async (call, run) => {
      if (call.command === 'UpdateItem' && !meanwhile) {
        meanwhile = delivered(place.world, more);
        await meanwhile;
      }
      return run();
    };
    await delivered(place.world, more.slice(0, 1));
    expect(await meanwhile).toBe(more.length);
  }
  expect((await foldedOf(id)).requests).toBe(4);
});

async function another(id: string) {
  await logAt(id, noon - 500, chance(17));
  await logAt(id, noon - 400, chance(18));
  return next();
}

test('a batch that is told of again writes nothing', async () => {
  const records = await logged(place.ids[0], chance(1), 10);
  await delivered(place.world, records);
  place.world.table.resetUnits();
  expect(await delivered(place.world, records)).toBe(10);
  const { by } = place.world.table.units;
  expect(by.get('UpdateItem')?.calls ?? 0).toBe(0);
});

test('an hour is marked before anything of it is folded', async () => {
  const id = newId();
  const records = await logged(id, chance(2), 4);
  const calls: string[] = [];
  place.world.hooks.around = (call, run) => {
    calls.push(call.command);
    return run();
  };
  await delivered(place.world, records);
  expect(calls.indexOf('PutItem')).toBeLessThan(calls.indexOf('UpdateItem'));
  expect(calls.indexOf('PutItem')).toBeGreaterThan(-1);
  expect(marksOf(place.world, id).length).toBeGreaterThanOrEqual(2);
});

test('where a lane cannot be written, all from its first record comes again and nothing else is lost', async () => {
  const [one, other] = [newId(), newId()];
  await logAt(one, noon - 30_000, chance(3));
  await logAt(other, noon - 20_000, chance(4));
  await logAt(one, noon - 10_000, chance(5));
  const records = next();
  place.world.hooks.around = async (call, run) => {
    if (call.command === 'UpdateItem') throw new Error('no table');
    return run();
  };
  expect(await delivered(place.world, records)).toBe(0);
  place.world.hooks.around = (_, run) => run();
  expect(await delivered(place.world, records)).toBe(3);
  expect((await lanes.get({ deploymentId: one, start: noon - 600_000, shard: '00' })).sums.requests).toBe(2);
});

test('bins are counted: of each row where there are few, as counts where there are many; of no failed request', async () => {
  const id = newId();
  const row = (...bins: number[]) => Uint8Array.from(bins);
  const many = Array.from({ length: 100 }, (_, i) => row(i % 3, 7));
  await logAt(id, noon - 1000, chance(6), { bins: [row(2, 0)] });
  await logAt(id, noon - 900, chance(7), { rows: 3, bins: [row(0, 0), row(2, 0), row(2, 0)] });
  await logAt(id, noon - 800, chance(13), { rows: 100, bins: many });
  await logAt(id, noon - 700, chance(14), { bins: null });
  expect(await delivered(place.world, next())).toBe(4);
  const { sums } = await lanes.get({ deploymentId: id, start: noon - 600_000, shard: '00' });
  expect([sums.requests, sums.binned]).toEqual([4, 104]);
  expect(sums.bins).toEqual([
    [1 + 34, 33, 3 + 33],
    [4, 0, 0, 0, 0, 0, 0, 100],
  ]);
});

test('a record that nobody can read is kept whole, told once, and holds up nothing but its hour, which its log closes', async () => {
  const { world, printed, ids } = place;
  const id = ids[1];
  await logAt(id, noon - 2 * hour + 1000, chance(8));
  await logAt(id, noon - 2 * hour + 2000, chance(9));
  const [broken, fine] = next();
  if (!broken || !fine) throw new Error('no records');
  broken.dynamodb.NewImage = { ...broken.dynamodb.NewImage, n: { S: 'many' } };
  for (const _ of [1, 2]) expect(await delivered(world, [broken, fine])).toBe(2);
  const dead = world.table.items('control').filter(({ pk }) => String(pk?.S).startsWith('DEAD#'));
  expect(dead).toMatchObject([{ pk: { S: 'DEAD#202606' }, kind: { S: 'log' }, reason: { S: 'ZodError' } }]);
  const kept = world.store.get(`data/${dead[0]?.key?.S}`);
  expect(JSON.parse(String(kept))).toEqual(broken);
  expect(metric(printed, 'LogsUncounted')).toBe(1);
  await closeHours(world);
  expect(marksOf(world, id)).toHaveLength(2);
  const { body } = await world.call('listInferenceLogs', { params: { deployment_id: id } });
  expect([body.total, body.items.length]).toEqual([2, 2]);
  itIs(noon + hour);
  await closeHours(world);
  expect(marksOf(world, id)).toEqual([]);
  const again = await world.call('listInferenceLogs', { params: { deployment_id: id } });
  expect([again.body.total, again.body.items.length]).toEqual([2, 2]);
});

test('a record that waited for more than a quarter of an hour is an alarm', async () => {
  await logAt(newId(), noon - 1000, chance(19));
  const records = next();
  itIs(noon + 15 * 60_000);
  await delivered(place.world, records);
  expect(metric(place.printed, 'LogsUncounted')).toBe(0);
  itIs(noon + 15 * 60_000 + 1000);
  await delivered(place.world, records);
  expect(metric(place.printed, 'LogsUncounted')).toBe(1);
});

test.each([
  ['no image', (r: StreamRecord) => Object.assign(r.dynamodb, { NewImage: undefined })],
  [
    'another hour than its id',
    (r: StreamRecord) => Object.assign(r.dynamodb.NewImage, { pk: { S: `${newId()}#2026061500#00` } }),
  ],
  ['no deployment', (r: StreamRecord) => Object.assign(r.dynamodb.NewImage, { pk: { S: 'x' } })],
  ['no rows', (r: StreamRecord) => Object.assign(r.dynamodb.NewImage, { n: { N: '0' } })],
  ['no number', (r: StreamRecord) => Object.assign(r.dynamodb, { SequenceNumber: 'x' })],
  [
    'bins that are none',
    (r: StreamRecord) => Object.assign(r.dynamodb.NewImage, { n: { N: '2' }, b: { B: 'AAAA' } }),
  ],
])('a record with %s is set aside', async (_, spoil) => {
  const before = place.world.store.size;
  await logAt(newId(), noon - 5000, chance(10));
  const records = next();
  for (const record of records) spoil(record);
  expect(await delivered(place.world, records)).toBe(1);
  expect(place.world.store.size).toBe(before + 1);
});

test('what cannot be set aside comes again', async () => {
  await logAt(newId(), noon - 5000, chance(11));
  const records = next();
  for (const { dynamodb } of records) dynamodb.NewImage = {};
  place.world.hooks.around = async (call, run) => {
    if (call.service === 's3') throw new Error('no bucket');
    return run();
  };
  expect(await delivered(place.world, records)).toBe(0);
});

test('a log that comes after its lanes would be forgotten counts as dropped', async () => {
  const id = newId();
  await logAt(id, noon - 6 * 24 * hour - 1000, chance(12));
  expect(await delivered(place.world, next())).toBe(1);
  expect(metric(place.printed, 'LogDropped')).toBe(1);
  expect(marksOf(place.world, id)).toEqual([]);
});
