import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { rowId } from '../../domain/id.ts';
import { below, chance } from '../domain/aggregates/samples.ts';
import { closeHours, delivered, logAt, logStream, type StreamRecord } from '../support/logs.ts';
import { counting, hour, itIs, logsOf, noon } from './support/counting.ts';

let place: Awaited<ReturnType<typeof counting>>;
let next: () => StreamRecord[];
let id: string;
let all: string[];
const random = chance(3);
/** Half an hour after the last hour that is closed. */
const now = noon + hour / 2;

const howMany = (of: number) => {
  if (of === noon - 50 * hour) return 150;
  return of === noon ? 8 : below(random, 6);
};

beforeAll(async () => {
  place = await counting();
  next = logStream(place.world);
  id = place.ids[0];
  // Eight days with some logs an hour, one busy hour, and one whose last logs are not counted yet.
  for (let of = noon - 8 * 24 * hour; of <= noon; of += hour)
    for (let i = 0; i < howMany(of); i++)
      await logAt(id, of + below(random, of === noon ? hour / 2 : hour), random, {
        rows: 1 + below(random, 4),
      });
  const records = next();
  // The oldest hours: where their lanes are gone already is a matter of the clock, not of this test.
  for (let at = 0; at < records.length; at += 200) {
    itIs(noon - 6 * 24 * hour + (at / records.length) * 6 * 24 * hour);
    await delivered(place.world, records.slice(at, Math.min(at + 200, records.length - 5)));
    await closeHours(place.world);
  }
  itIs(now);
  await closeHours(place.world);
  all = rowsOf();
});
beforeEach(() => {
  place.world.hooks.around = (_, run) => run();
});
afterAll(() => {
  vi.useRealTimers();
});

const rowsOf = (of = logsOf(place.world, id)) =>
  of
    .flatMap((log) => Array.from({ length: log.rows }, (_, row) => rowId(log.id, row)))
    .toSorted()
    .toReversed();
const list = async (query: string, of = id) => {
  const { status, body } = await place.world.call('listInferenceLogs', {
    params: { deployment_id: of },
    query,
  });
  return { status, body, ids: (body.items ?? []).map((item: { id: string }) => item.id) as string[] };
};
const calls = async (run: () => Promise<unknown>) => {
  const asked: string[] = [];
  place.world.hooks.around = (call, next) => {
    asked.push(`${call.service} ${call.command}`);
    return next();
  };
  await run();
  // Without the caller's key and its rate, and the deployment.
  return asked
    .filter((one) => one !== 'dynamodb UpdateItem')
    .slice(2)
    .map((one) => one.split(' ')[1]);
};
const iso = (at: number) => encodeURIComponent(new Date(at).toISOString());

test('every page is what one list of all logs would have there, and the total is exact', async () => {
  expect(all.length).toBeGreaterThan(1000);
  for (let i = 0; i < 25; i++) {
    const [offset, limit] = [below(random, all.length + 10), 1 + below(random, 80)];
    const { body, ids } = await list(`offset=${offset}&limit=${limit}`);
    expect([body.total, ids]).toEqual([all.length, all.slice(offset, offset + limit)]);
  }
});

test('pages within a window are exact to the millisecond', async () => {
  const logs = logsOf(place.world, id);
  for (let i = 0; i < 15; i++) {
    const [a, b] = [logs[below(random, logs.length)]?.at ?? 0, logs[below(random, logs.length)]?.at ?? 0];
    const [since, until] = [Math.min(a, b), Math.max(a, b) + below(random, 2)];
    const inside = rowsOf(logs.filter(({ at }) => at > since && at < until));
    const offset = below(random, inside.length + 1);
    const { body, ids } = await list(`since=${iso(since)}&until=${iso(until)}&offset=${offset}&limit=20`);
    expect([body.total, ids]).toEqual([inside.length, inside.slice(offset, offset + 20)]);
  }
});

test('a page asks the tables no more often the deeper it lies', async () => {
  const asked: number[] = [];
  for (const part of [0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 1.2])
    asked.push((await calls(() => list(`limit=5&offset=${Math.floor(part * all.length)}`))).length);
  // Days, marks and two open hours, what of them is not folded, an hour's seconds, and the logs themselves.
  expect(Math.min(...asked)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...asked)).toBeLessThanOrEqual(12);
});

test('what was logged and not counted yet is listed at once', async () => {
  const before = (await list('limit=1')).body.total;
  const log = await logAt(id, now - 1, random, { rows: 2 });
  const { body, ids } = await list('limit=2');
  expect(body.total).toBe(before + 2);
  expect(ids).toEqual([rowId(log.id, 1), log.id]);
  all = rowsOf();
});

describe('a cursor', () => {
  test('leads through all rows once, whatever is logged meanwhile', async () => {
    const seen: string[] = [];
    let query = 'limit=170';
    for (let pages = 0; ; pages++) {
      const { status, body, ids } = await list(query);
      expect([status, body.total, body.offset]).toEqual([200, all.length, seen.length]);
      seen.push(...ids);
      await logAt(id, now - below(random, 1000), random);
      if (!body.next_cursor) {
        expect(pages).toBe(Math.ceil(all.length / 170) - 1);
        break;
      }
      query = `limit=170&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual(all);
  });

  test('skips no row where its hour goes on, whatever the page holds', async () => {
    const of = place.ids[2];
    for (let i = 0; i < 17; i++) await logAt(of, noon - (i % 2) * hour + i * 1000, random);
    const expected = rowsOf(logsOf(place.world, of));
    for (const limit of [1, 2, 3, 5]) {
      const seen: string[] = [];
      for (let cursor = ''; ; ) {
        const { body, ids } = await list(`limit=${limit}${cursor}`, of);
        seen.push(...ids);
        if (!body.next_cursor) break;
        cursor = `&cursor=${body.next_cursor}`;
      }
      expect(seen).toEqual(expected);
    }
  });

  test('keeps the window of its list and the end that it said', async () => {
    const [since, until] = [noon - 55 * hour, noon - 45 * hour];
    const first = await list(`limit=40&since=${iso(since)}&until=${iso(until)}`);
    const second = await list(`limit=40&cursor=${first.body.next_cursor}`);
    const inside = rowsOf(logsOf(place.world, id).filter(({ at }) => at > since && at < until));
    expect([...first.ids, ...second.ids]).toEqual(inside.slice(0, 80));
    expect([second.body.until, second.body.total]).toEqual([first.body.until, first.body.total]);
  });

  test('costs one round where its hour holds the page', async () => {
    const until = iso(noon - 49 * hour);
    const { body } = await list(`limit=20&until=${until}`);
    expect(await calls(() => list(`limit=20&cursor=${body.next_cursor}`))).toEqual(['Query']);
  });

  test('of the last page is null', async () => {
    expect((await list(`limit=500&until=${iso(noon - 190 * hour)}`)).body.next_cursor).toBeNull();
  });

  test('of another deployment, of another hand or of another hour is refused', async () => {
    const { body } = await list('limit=5');
    const cursor: string = body.next_cursor;
    const [payload = '', sign = ''] = cursor.split('.');
    const read = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const altered = Buffer.from(JSON.stringify({ ...read, total: 1 })).toString('base64url');
    for (const wrong of ['', 'x', payload, `${payload}.`, `${altered}.${sign}`, `${cursor}A`, `.${sign}`]) {
      const got = await list(`cursor=${encodeURIComponent(wrong)}`);
      expect([got.status, got.body.detail?.[0].loc], wrong).toEqual([422, ['query', 'cursor']]);
    }
    expect((await list(`cursor=${cursor}`, place.ids[1])).status).toBe(422);
    expect((await list(`cursor=${cursor}`)).status).toBe(200);
    itIs(now + hour);
    expect((await list(`cursor=${cursor}`)).status).toBe(422);
    itIs(now);
  });

  test('is not given where the deployment has no salt to sign it with', async () => {
    const key = { pk: { S: `DEP#${id}` }, sk: { S: 'LOC' } };
    const { salt, ...Item } = place.world.table.peek('control', key) ?? {};
    expect(salt?.S).toMatch(/^[\w-]{22}$/);
    await place.world.table.send('PutItem', { TableName: 'control', Item });
    const { status, body } = await list('limit=5');
    expect([status, body.next_cursor]).toEqual([200, null]);
    await place.world.table.send('PutItem', {
      TableName: 'control',
      Item: { ...Item, ...(salt && { salt }) },
    });
  });
});
