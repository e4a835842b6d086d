import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hourOf, shard } from '../../domain/log.ts';
import { chance } from '../domain/aggregates/samples.ts';
import { inEngine } from '../support/engineTables.ts';
import { logMany, type Many, rowsBetween } from '../support/manyLogs.ts';
import { counting, hour, itIs, noon } from './support/counting.ts';

const rows = 1_000_000;
const shards = 4;
/** Half an hour after the newest hour that is closed. */
const now = noon + hour / 2;
/** Not told to aggregateLogs yet. */
const behind = 40;

let place: Awaited<ReturnType<typeof counting>>;
let engine: Awaited<ReturnType<typeof inEngine>>;
let many: Many;
let id: string;
beforeAll(async () => {
  place = await counting();
  id = place.ids[0];
  itIs(now);
  const { table } = place.world.hooks;
  const [found] = table.items('control').filter(({ sk }) => sk?.S === `D#online#${id}`);
  const log_shards = { N: String(shards) };
  await table.send('PutItem', { TableName: 'control', Item: { ...found, log_shards } });
  engine = await inEngine(place.world);
  many = await logMany(place.world, engine.put, {
    ...{ deploymentId: id, shards, rows, singles: 1000, behind, random: chance(11) },
  });
}, 120_000);
afterAll(async () => {
  vi.useRealTimers();
  await engine?.stop();
});

const iso = (at: number) => encodeURIComponent(new Date(at).toISOString());
const list = async (query: string) => {
  const { value, asked, rounds } = await engine.watch(() =>
    place.world.call('listInferenceLogs', { params: { deployment_id: id }, query }),
  );
  expect(value.status).toBe(200);
  const ids: string[] = value.body.items.map((item: { id: string }) => item.id);
  // Before them the caller and the deployment are looked up.
  const own = rounds.filter((tables) => tables.some((table) => table === 'logs' || table === 'aggregates'));
  return { ids, body: value.body, asked: asked.length, rounds: own.length };
};

/** What the table of logs itself says: items by COUNT, rows by adding up. */
async function recounted() {
  let [items, sum] = [0, 0];
  for (let of = now - 31 * hour; of <= now; of += hour)
    for (let i = 0; i < shards; i++) {
      const asked = {
        TableName: 'logs',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `${id}#${hourOf(of)}#${shard(i)}` } },
      };
      items += (await engine.client.send(new QueryCommand({ ...asked, Select: 'COUNT' }))).Count ?? 0;
      const { Items = [] } = await engine.client.send(
        new QueryCommand({ ...asked, ProjectionExpression: 'n' }),
      );
      for (const { n } of Items) sum += Number(n?.N);
    }
  return { items, rows: sum };
}

test('of a million rows all but the newest are counted, and every hour that is over is closed', async () => {
  expect(await recounted()).toEqual({ items: many.logs.length, rows });
  const asked = { KeyConditionExpression: 'pk = :pk AND begins_with(sk, :of)', TableName: 'aggregates' };
  const rowsOf = async (of: string) => {
    const ExpressionAttributeValues = { ':pk': { S: `S#${id}` }, ':of': { S: of } };
    return (await engine.client.send(new QueryCommand({ ...asked, ExpressionAttributeValues }))).Items ?? [];
  };
  expect((await rowsOf('O#')).map(({ sk }) => sk?.S)).toEqual([`O#${hourOf(now)}`]);
  const closed = (await rowsOf('H#')).reduce((sum, { n }) => sum + Number(n?.N), 0);
  expect(closed).toBe(rowsBetween(many, 0, noon));
  expect(place.printed.filter((line) => line.includes('ERROR'))).toEqual([]);
});

test.each([0, 50, 12_345, 500_000, 999_949, 999_950, 999_999, 1_000_000, 2_000_000])(
  'the page at %i of a million is found by 40 requests, 4 in a row',
  async (offset) => {
    const { ids, body, asked, rounds } = await list(`limit=50&offset=${offset}`);
    expect(body.total).toBe(rows);
    expect(ids).toEqual(many.idsAt(offset, 50));
    expect(asked).toBeLessThanOrEqual(40);
    expect(rounds).toBeLessThanOrEqual(4);
  },
);

test.each([
  [20.51, 3.217],
  [29.9, 29.2],
  [5.77, 0.01],
])('a window from %d to %d hours ago is exact at every offset', async (from, to) => {
  const [since, until] = [Math.floor(now - from * hour), Math.floor(now - to * hour)];
  const total = rowsBetween(many, since, until);
  const newer = rowsBetween(many, until - 1, Number.POSITIVE_INFINITY);
  expect(total).toBeGreaterThan(1000);
  for (const offset of [0, Math.floor(total / 2), total - 20, total]) {
    const page = await list(`limit=50&offset=${offset}&since=${iso(since)}&until=${iso(until)}`);
    expect(page.body.total).toBe(total);
    expect(page.ids).toEqual(many.idsAt(newer + offset, Math.min(50, total - offset)));
    expect(page.asked).toBeLessThanOrEqual(40);
    expect(page.rounds).toBeLessThanOrEqual(4);
  }
});

test('a cursor goes on from the middle of a million by one round', async () => {
  const { body } = await list('limit=50&offset=500000');
  const next = await list(`limit=50&cursor=${body.next_cursor}`);
  expect([next.body.total, next.body.offset, next.ids]).toEqual([rows, 500_050, many.idsAt(500_050, 50)]);
  expect(next.rounds).toBe(1);
});
