import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
let deployment: string;
const ids: string[] = [];
beforeAll(async () => {
  wire = await openWire();
  const ready = await wire.ready();
  project_id = ready.project_id;
  for (const name of ['a', 'b', 'c']) ids.unshift(await wire.deploy(project_id, ready.model_id, { name }));
  deployment = ids[0] ?? '';
  await wire.send('POST', `/api/mlops/deployments/${deployment}/predict`, { body: { inputs: [{}, {}, {}] } });
});

const lists: [name: string, path: () => string, most: number, deepest: number][] = [
  ['projects', () => '/api/projects', 500, 10_000],
  ['models', () => '/api/models', 500, 10_000],
  ['deployments', () => `/api/mlops/projects/${project_id}/deployments`, 200, 10_000],
  [
    'inference logs',
    () => `/api/mlops/deployments/${deployment}/inference-logs`,
    500,
    Number.MAX_SAFE_INTEGER,
  ],
  ['API keys', () => '/api/auth/api-keys', 500, 10_000],
];

describe.each(lists)('the list of %s', (_, path, most, deepest) => {
  const get = (query: string) => wire.send('GET', `${path()}?${query}`);

  test('has fifty items from the first where nobody says', async () => {
    const { status, body } = await get('');
    expect(status).toBe(200);
    expect(body).toMatchObject({ limit: 50, offset: 0, total: expect.any(Number) });
    expect(body.items.length).toBe(Math.min(50, body.total));
    expect(body.total).toBeGreaterThan(0);
  });

  test.each([
    ['limit', '0', is.ge(1)],
    ['limit', '-1', is.ge(1)],
    ['limit', 'most+1', is.le(0)],
    ['limit', '1000000000', is.le(0)],
    ['limit', '99999999999999999999', is.le(0)],
    ['limit', '', is.int],
    ['limit', 'abc', is.int],
    ['limit', '5e2', is.int],
    ['limit', '0x10', is.int],
    ['limit', '٥', is.int],
    ['limit', '2.5', is.int],
    ['limit', '5,6', is.int],
    ['offset', '-1', is.ge(0)],
    ['offset', 'NaN', is.int],
    ['offset', 'deepest+1', is.le(1)],
    ['offset', '1000000000000000000', is.le(1)],
  ])('refuses %s=%s', async (name, value, words) => {
    const bound = name === 'limit' ? most : deepest;
    const said = value === 'most+1' || value === 'deepest+1' ? String(BigInt(bound) + 1n) : value;
    const { status, body } = await get(`${name}=${encodeURIComponent(said)}`);
    const expected = words.type === 'less_than_equal' ? is.le(bound) : words;
    expect(spelled(body)).toBe(spelled({ detail: [item(expected, ['query', name], said)] }));
    expect(status).toBe(422);
  });

  test.each([
    ['limit=1', 1, 0],
    ['limit=2.0', 2, 0],
    ['limit=+3', 3, 0],
    ['limit=5&limit=7', 7, 0],
    ['limit=1&offset=1', 1, 1],
    ['offset=10000', 50, 10_000],
    ['unknown=x', 50, 0],
  ])('takes %s', async (query, limit, offset) => {
    const { status, body } = await get(query);
    expect([status, body.limit, body.offset]).toEqual([200, limit, offset]);
    expect(body.items.length).toBe(Math.max(0, Math.min(limit, body.total - offset)));
  });

  test('is empty past its end, and its total stays', async () => {
    const { total } = (await get('')).body;
    expect((await get('offset=9999')).body).toMatchObject({ items: [], total });
  });
});

describe('deployments', () => {
  test('come newest first and in pages that fit together', async () => {
    const page = async (query: string) =>
      (await wire.send('GET', `/api/mlops/projects/${project_id}/deployments?${query}`)).body.items.map(
        (d: { id: string }) => d.id,
      );
    expect(await page('')).toEqual(ids);
    expect([...(await page('limit=2')), ...(await page('limit=2&offset=2'))]).toEqual(ids);
  });

  test('of a project that is not there are not found', async () => {
    const { status, body } = await wire.send('GET', `/api/mlops/projects/${noId}/deployments`);
    expect([status, body]).toEqual([404, { detail: 'Project not found' }]);
  });
});

describe('inference logs', () => {
  const get = (query: string) =>
    wire.send('GET', `/api/mlops/deployments/${deployment}/inference-logs?${query}`);
  const at = (time: string) => encodeURIComponent(time);

  test.each([
    ['x', is.time('input is too short')],
    ['', is.time('input is too short')],
    ['1', is.time('input is too short')],
    ['Sat', is.time('input is too short')],
    ['2026-02-30T00:00:00Z', is.time('day value is outside expected range')],
    ['2026-13-01T00:00:00Z', is.time('month value is outside expected range of 1-12')],
    ['2026-01-01T25:00:00Z', is.time('unexpected extra characters at the end of the input')],
    ['+275760-09-13T00:00:00Z', is.time('invalid character in year')],
    ['2026/01/01T00:00:00Z', is.time('invalid date separator, expected `-`')],
    ['2026-01-01', is.zone],
    ['2026-01-01T00:00:00', is.zone],
    ['0000-01-01T00:00:00Z', is.year(0)],
    ['9999-12-31T23:59:59-01:00', is.year(10_000)],
  ])('refuse since and until %j', async (value, words) => {
    for (const name of ['since', 'until']) {
      const { status, body } = await get(`${name}=${at(value)}`);
      expect(spelled(body)).toBe(spelled({ detail: [item(words, ['query', name], value)] }));
      expect(status).toBe(422);
    }
  });

  test('refuse a since after an until', async () => {
    const [since, until] = ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'];
    const { status, body } = await get(`since=${since}&until=${until}`);
    const words = is.value('since must not be after until');
    expect([status, body]).toEqual([422, { detail: [item(words, ['query'], { since, until })] }]);
  });

  test('lie strictly between since and until', async () => {
    const { items } = (await get('')).body;
    expect(items).toHaveLength(3);
    const made = Date.parse(items[0].created_at);
    const total = async (since: number, until: number) =>
      (await get(`since=${at(new Date(since).toISOString())}&until=${at(new Date(until).toISOString())}`))
        .body.total;
    expect(await total(made - 1, made + 1)).toBe(3);
    for (const [since, until] of [
      [made, made + 1],
      [made - 1, made],
      [made, made],
      [made, made + 2],
    ] as const)
      expect(await total(since, until), `${since - made} ${until - made}`).toBe(0);
  });

  test.each([
    'since=2099-01-01T00:00:00Z',
    'until=1990-01-01T00:00:00Z',
    'until=9999-12-31T23:59:59Z&since=9998-01-01T00:00:00%2B02:00',
    'since=0001-01-01T00:00:00Z&until=0001-01-02T00:00:00Z',
  ])('are none in a time without any: %s', async (query) => {
    const { status, body } = await get(query);
    expect([status, body.items, body.total]).toEqual([200, [], 0]);
  });

  test('answer the end of their time, that of the caller where he says', async () => {
    expect((await get('until=2026-01-01T00:00Z')).body.until).toBe('2026-01-01T00:00:00Z');
    expect((await get('until=2026-01-01T00:00:00%2B01:00')).body.until).toBe('2025-12-31T23:00:00Z');
    expect((await get('')).body.until).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z$/);
  });
});
