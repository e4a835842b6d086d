import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as aggregates from '../../adapters/aggregates/aggregates.ts';
import * as lanes from '../../adapters/aggregates/lanes.ts';
import * as marks from '../../adapters/aggregates/marks.ts';
import { sumOf } from '../../domain/aggregates/tally.ts';
import { recountHour } from '../../functions/kit/aggregates/recount.ts';
import { chance } from '../domain/aggregates/samples.ts';
import { closeHours, delivered, logAt, logStream, type StreamRecord } from '../support/logs.ts';
import { counting, hour, itIs, logsOf, marksOf, metric, noon } from './support/counting.ts';

let place: Awaited<ReturnType<typeof counting>>;
let next: () => StreamRecord[];
let id: string;
const random = chance(1);
beforeAll(async () => {
  place = await counting();
  next = logStream(place.world);
});
let used = 0;
beforeEach(() => {
  itIs(noon);
  place.printed.length = 0;
  place.world.hooks.around = (_, run) => run();
  id = place.ids[used++ % 3] ?? '';
});
afterAll(() => {
  vi.useRealTimers();
});

const rowsOf = (of: { rows: number }[]) => of.reduce((sum, { rows }) => sum + rows, 0);
const within = (from: number) => logsOf(place.world, id).filter(({ at }) => at >= from && at < from + hour);
const hoursCounted = async () =>
  (await aggregates.days(id, noon - 12 * hour, noon)).flatMap(({ hours }) => hours);

async function logSome(from: number, n: number) {
  for (let i = 0; i < n; i++)
    await logAt(id, from + Math.floor(random() * hour), random, { rows: 1 + Math.floor(random() * 3) });
}

test('an hour is closed when all that was logged is counted, ten minutes after its end and no sooner', async () => {
  await logSome(noon - hour, 12);
  await delivered(place.world, next());
  itIs(noon + 9 * 60_000);
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toHaveLength(2);
  itIs(noon + 10 * 60_000);
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toEqual([]);
  const logs = within(noon - hour);
  expect((await hoursCounted())[11]).toBe(rowsOf(logs));
  const seconds = await aggregates.seconds(id, noon - hour);
  const expected = new Array<number>(3600).fill(0);
  for (const { at, rows } of logs) {
    const i = Math.floor((at - noon + hour) / 1000);
    expected[i] = (expected[i] ?? 0) + rows;
  }
  expect(seconds).toEqual(expected);
  const [sums] = await aggregates.hoursOfDay(id, noon - 12 * hour);
  expect(sums).toEqual(sumOf((await lanes.inHour(id, noon - hour)).map(({ lane }) => lane.sums)));
  const [daily] = await aggregates.timedRows(id, 'daySums', [noon - 12 * hour]);
  expect(daily).toMatchObject({ requests: logs.length, rows: rowsOf(logs) });
  const minutes = await aggregates.timedRows(id, 'minutes', [noon - hour]);
  expect(rowsOf(minutes)).toBe(rowsOf(logs));
});

test('an hour with a log whose record did not come stays open for an hour, and is then counted from its logs', async () => {
  await logSome(noon - 2 * hour, 5);
  const [last, ...others] = next().toReversed();
  await delivered(place.world, others.toReversed());
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toHaveLength(2);
  itIs(noon + 11 * 60_000);
  await closeHours(place.world);
  expect(metric(place.printed, 'LogsRecounted')).toBe(1);
  const complete = async () => {
    expect(marksOf(place.world, id)).toEqual([]);
    expect((await hoursCounted())[10]).toBe(rowsOf(within(noon - 2 * hour)));
    const [sums] = await aggregates.timedRows(id, 'hourSums', [noon - 2 * hour]);
    expect(sums).toMatchObject({ requests: 5, rows: rowsOf(within(noon - 2 * hour)) });
  };
  await complete();
  // Its record comes after all, and counts nothing twice.
  if (last) await delivered(place.world, [last]);
  expect(marksOf(place.world, id)).toHaveLength(2);
  await closeHours(place.world);
  await complete();
  expect(metric(place.printed, 'LogsUncounted')).toBe(0);
});

test('an hour with a log that nobody can read stays open, and is an alarm an hour later', async () => {
  await logSome(noon - 2 * hour, 3);
  await delivered(place.world, next());
  const { table } = place.world.hooks;
  const own = table.items('logs').find(({ pk }) => pk?.S?.startsWith(`${id}#`));
  const broken = { ...own, sk: { S: `${own?.sk?.S?.slice(0, -3)}fff` }, n: { S: 'many' } };
  await table.send('PutItem', { TableName: 'logs', Item: broken });
  await closeHours(place.world);
  itIs(noon + 11 * 60_000);
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toHaveLength(2);
  expect(metric(place.printed, 'LogsUncounted')).toBe(1);
  await table.send('DeleteItem', {
    TableName: 'logs',
    Key: { pk: { S: String(own?.pk?.S) }, sk: broken.sk },
  });
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toEqual([]);
});

test('a log that comes late opens its hour again, and the next run closes it with all of them', async () => {
  await logSome(noon - 3 * hour, 4);
  await delivered(place.world, next());
  await closeHours(place.world);
  const before = (await hoursCounted())[9];
  expect(marksOf(place.world, id)).toEqual([]);
  await logSome(noon - 3 * hour, 3);
  await delivered(place.world, next());
  expect(marksOf(place.world, id)).toHaveLength(2);
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toEqual([]);
  const after = (await hoursCounted())[9];
  expect(after).toBe(rowsOf(within(noon - 3 * hour)));
  expect(after).toBeGreaterThan(before ?? 0);
});

test('a fold between a closer’s reading and its deleting leaves the hour open', async () => {
  await logSome(noon - 4 * hour, 4);
  await delivered(place.world, next());
  let late: Promise<number> | undefined;
  place.world.hooks.around = async (call, run) => {
    if (call.command === 'DeleteItem' && !late) {
      late = logSome(noon - 4 * hour, 2).then(() => delivered(place.world, next()));
      await late;
    }
    return run();
  };
  await closeHours(place.world);
  expect(late).toBeDefined();
  expect(marksOf(place.world, id)).toHaveLength(2);
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toEqual([]);
  expect((await hoursCounted())[8]).toBe(rowsOf(within(noon - 4 * hour)));
});

test('a rest that is taken between a closer’s reading and its deleting leaves the hour open', async () => {
  const of = noon - 40 * hour;
  await logSome(of, 4);
  await delivered(place.world, next());
  let taken: Promise<unknown> | undefined;
  place.world.hooks.around = async (call, run) => {
    if (call.command !== 'DeleteItem' || taken) return run();
    taken = logSome(of, 1).then(() => recountHour({ id, log_shards: 1 }, of));
    await taken;
    return run();
  };
  await closeHours(place.world);
  expect(await taken).toMatchObject({ counted: 1 });
  expect(marksOf(place.world, id)).toHaveLength(2);
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toEqual([]);
});

test('wherever a closer stops, another one ends what it began, and no reader is misled meanwhile', async () => {
  let stops = 0;
  for (let at = 1; ; at++) {
    const of = noon - (5 + at) * hour;
    await logSome(of, 3);
    await delivered(place.world, next());
    let calls = 0;
    place.world.hooks.around = async (call, run) => {
      if (!/Put|Update|Delete/.test(call.command) || ++calls < at) return run();
      throw Object.assign(new Error('it stops here'), { $retryable: undefined });
    };
    await closeHours(place.world);
    place.world.hooks.around = (_, run) => run();
    // Where the readers' mark is gone, what they read is complete.
    const { readers } = await marks.get(id, of);
    const [counts] = await aggregates.days(id, of - (of % (24 * hour)), of);
    if (readers === undefined) expect(counts?.hours[new Date(of).getUTCHours()]).toBe(rowsOf(within(of)));
    if (calls >= at) stops++;
    await closeHours(place.world);
    expect(marksOf(place.world, id)).toEqual([]);
    const [whole] = await aggregates.days(id, of - (of % (24 * hour)), of);
    expect(whole?.hours[new Date(of).getUTCHours()]).toBe(rowsOf(within(of)));
    if (calls < at) break;
  }
  // Three rows, the day's count, the day, and two marks.
  expect(stops).toBe(7);
});

test('closers at the same time close an hour as one does', async () => {
  await logSome(noon - 30 * hour, 6);
  await delivered(place.world, next());
  await Promise.all([1, 2, 3].map(() => closeHours(place.world)));
  await closeHours(place.world);
  expect(marksOf(place.world, id)).toEqual([]);
  const sums = await aggregates.timedRows(id, 'hourSums', [noon - 30 * hour]);
  expect(sums).toMatchObject([{ requests: 6, rows: rowsOf(within(noon - 30 * hour)) }]);
});
