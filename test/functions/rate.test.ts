import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  wire.hooks.around = (_, run) => run();
});
const begin = Date.UTC(2026, 0, 1);
let windows = 0;
/** A new window of ten seconds, and how many requests of a second a key may make. */
function limit(perSecond: string) {
  vi.stubEnv('REQUESTS_PER_SECOND', perSecond);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(begin + ++windows * 10_000);
}
const ask = (key: string) => wire.send('GET', `/api/projects/${noId}`, { key });
async function times(n: number, key: string) {
  const statuses: number[] = [];
  for (let i = 0; i < n; i++) statuses.push((await ask(key)).status);
  return statuses;
}
const counters = () => wire.table.items('idempotency').filter(({ pk }) => JSON.stringify(pk).includes('R#'));

test('a key that asks too often is told to wait until the window ends', async () => {
  const key = await wire.keyWith();
  limit('4');
  vi.setSystemTime(Date.now() + 3_500);
  expect(new Set(await times(40, key))).toEqual(new Set([404]));
  const got = await ask(key);
  expect([got.status, got.body]).toEqual([429, { detail: 'Too Many Requests' }]);
  expect(got.headers['retry-after']).toBe('7');
});

test('other keys are not affected, and the key itself is welcome in the next window', async () => {
  const [key, other] = [await wire.keyWith(), await wire.keyWith()];
  limit('2');
  expect((await times(25, key)).slice(20)).toEqual([429, 429, 429, 429, 429]);
  expect((await ask(other)).status).toBe(404);
  vi.setSystemTime(Date.now() + 10_000);
  expect((await ask(key)).status).toBe(404);
});

test('the sum of all environments counts, asked once in twenty requests', async () => {
  const key = await wire.keyWith();
  limit('100');
  const before = counters().length;
  await times(19, key);
  expect(counters().length).toBe(before);
  await times(1, key);
  const counter = counters().at(-1) as { pk: { S: string }; n: { N: string }; exp: { N: string } };
  expect(counters().length).toBe(before + 1);
  expect(counter.pk.S).toMatch(/^R#key:[0-9a-f-]{36}#\d{13}$/);
  expect(counter.n.N).toBe('20');
  expect(Number(counter.exp.N) * 1000).toBeGreaterThan(Date.now() + 10_000);
  await wire.hooks.table.send('PutItem', { TableName: 'idempotency', Item: { ...counter, n: { N: '980' } } });
  expect((await times(21, key)).slice(18)).toEqual([404, 404, 429]);
});

test('a counter that cannot be written refuses nobody', async () => {
  const key = await wire.keyWith();
  limit('2');
  wire.hooks.around = async ({ command }, run) => {
    if (command === 'UpdateItem') throw new Error('away');
    return run();
  };
  expect(new Set(await times(60, key))).toEqual(new Set([404]));
});

test('who calls is known before it is counted, and counted before what he may', async () => {
  const key = await wire.keyWith({ scopes: ['predict'] });
  limit('2');
  expect(new Set(await times(20, key))).toEqual(new Set([403]));
  expect((await ask(key)).status).toBe(429);
  expect((await ask('slw_x')).status).toBe(401);
});

test('no limit is set by 0, and a thousand a second where nothing is said', async () => {
  const key = await wire.keyWith();
  limit('0');
  const before = counters().length;
  expect(new Set(await times(50, key))).toEqual(new Set([404]));
  expect(counters().length).toBe(before);
  vi.unstubAllEnvs();
  expect(new Set(await times(50, key))).toEqual(new Set([404]));
});

test('what asks for no key is not counted', async () => {
  limit('2');
  for (let i = 0; i < 50; i++) expect((await wire.send('GET', '/healthz')).status).toBe(200);
});
