import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { percentile } from '../../domain/aggregates/latency.ts';
import { chance } from '../domain/aggregates/samples.ts';
import { closeHours, delivered, logAt, logStream } from '../support/logs.ts';
import { counting, hour, itIs, logsOf, noon } from './support/counting.ts';

let place: Awaited<ReturnType<typeof counting>>;
let id: string;
beforeAll(async () => {
  place = await counting();
  id = place.ids[0];
  const random = chance(7);
  const next = logStream(place.world);
  // Two days before an hour that is still open, and a minute before now.
  for (let i = 0; i < 300; i++)
    await logAt(id, noon - Math.floor(random() * 48 * hour), random, {
      rows: 1 + Math.floor(random() * 3),
      status_code: random() < 0.2 ? 422 : 200,
      latency_ms: random() * 100,
    });
  const records = next();
  for (let at = 0; at < records.length; at += 100) await delivered(place.world, records.slice(at, at + 100));
  await closeHours(place.world);
  itIs(noon);
});
afterAll(() => {
  vi.useRealTimers();
});

const ask = (query: string, of = id) =>
  place.world.call('getMetrics', { params: { deployment_id: of }, query });
const iso = (at: number) => encodeURIComponent(new Date(at).toISOString());

/** The same from all logs at once. */
function recount(since: number, until: number) {
  const logs = logsOf(place.world, id).filter(({ at }) => at >= since && at < until);
  const rows = (of: typeof logs) => of.reduce((sum, one) => sum + one.rows, 0);
  const errors = rows(logs.filter(({ status }) => status >= 400));
  return { requests: logs.length, rows: rows(logs), errors };
}

test.each([
  [60, 3 * hour],
  [600, 26 * hour],
  [3600, 48 * hour],
  [86_400, 3 * 24 * hour],
])('metrics by steps of %i seconds are what was logged', async (step, length) => {
  const since = Math.floor((noon - length) / 1000 / step) * step * 1000;
  const { status, body } = await ask(`step=${step}&since=${iso(since)}`);
  expect(status).toBe(200);
  const until = Date.parse(body.until);
  const { errors, rows, requests } = recount(since, until);
  expect(body).toMatchObject({ deployment_id: id, step, requests, rows, errors });
  expect(requests).toBeGreaterThan(0);
  expect(body.error_rate).toBeCloseTo((100 * errors) / rows, 10);
  expect(body.series).toHaveLength((until - since) / 1000 / step);
  for (const { t, ...point } of body.series)
    expect(point).toMatchObject(recount(Date.parse(t), Date.parse(t) + step * 1000));
});

test('percentiles are within 7.5 %, and null where there was no request', async () => {
  const { body } = await ask('step=3600');
  const inside = logsOf(place.world, id).filter(({ at }) => at >= Date.parse(body.since));
  const sorted = inside.map(({ latency }) => latency).toSorted((a, b) => a - b);
  for (const [name, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    expect(Math.abs(body.latency_ms[name] / exact - 1)).toBeLessThan(0.076);
  }
  const none = (
    await ask(`step=60&since=${iso(noon - 9 * 24 * hour)}&until=${iso(noon - 9 * 24 * hour + 60_000)}`)
  ).body;
  expect(none.series).toEqual([
    { t: '2026-06-06T12:00:00Z', requests: 0, rows: 0, errors: 0, p50: null, p95: null, p99: null },
  ]);
  expect(none).toMatchObject({ error_rate: 0, latency_ms: { p50: null, p95: null, p99: null } });
  expect(percentile([], 0.5)).toBeNull();
});

test('where nobody says, they are of the last day, in at most five hundred steps', async () => {
  const { body } = await ask('');
  expect([body.since, body.until, body.step]).toEqual(['2026-06-14T12:00:00Z', '2026-06-15T12:00:00Z', 600]);
  const long = (await ask(`since=${iso(noon - 400 * 24 * hour)}`)).body;
  expect([long.step, long.series.length]).toEqual([86_400, 401]);
});

test('what is to come is not counted', async () => {
  const { body } = await ask('since=2098-01-01T00:00:00Z&until=2099-01-01T00:00:00Z');
  expect(Date.parse(body.until)).toBeLessThanOrEqual(noon + hour);
  expect(body.requests).toBe(0);
});

describe('refused with 422', () => {
  test.each([
    ['step=61', 'Input should be 60, 600, 3600 or 86400', ['query', 'step']],
    ['step=x', 'Input should be a valid integer, unable to parse string as an integer', ['query', 'step']],
    ['since=yesterday', /^Input should be a valid datetime/, ['query', 'since']],
    [
      'since=2026-06-15T12:00:00Z&until=2026-06-15T11:00:00Z',
      'Value error, since must not be after until',
      ['query'],
    ],
    [
      'step=60&since=2026-06-01T00:00:00Z',
      'Value error, the time from since to until has more than 1500 steps',
      ['query'],
    ],
    ['since=0001-01-01T00:00:00Z', /more than 1500 steps$/, ['query']],
  ])('%s', async (query, msg, loc) => {
    const { status, body } = await ask(query);
    expect(status).toBe(422);
    expect(body.detail).toHaveLength(1);
    expect(body.detail[0]).toMatchObject({ loc });
    expect(body.detail[0].msg).toEqual(typeof msg === 'string' ? msg : expect.stringMatching(msg));
  });
});

test('metrics of a deployment that is not there are not found', async () => {
  const { status, body } = await ask('', '00000000-0000-4000-8000-000000000001');
  expect([status, body]).toEqual([404, { detail: 'Deployment not found' }]);
});
