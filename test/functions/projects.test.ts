import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
const made: Record<string, string> = {};
beforeAll(async () => {
  wire = await openWire();
  for (const name of ['Beta', 'alpha', 'Gamma ray']) {
    made[name] = (await wire.send('POST', '/api/projects', { body: { name } })).body.id;
    await new Promise((wait) => setTimeout(wait, 2));
  }
  await wire.send('POST', '/api/models', { body: { project_id: made.alpha, name: 'm' } });
});
const names = async (query: string) =>
  (await wire.send('GET', `/api/projects?${query}`)).body.items.map((p: { name: string }) => p.name);

describe('a new project', () => {
  test('is answered whole, with its id twice', async () => {
    const { status, body } = await wire.send('POST', '/api/projects', {
      body: { name: 'whole', description: 'what for' },
    });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['id', 'project_id', 'project']);
    expect(body.project).toEqual({
      id: body.id,
      name: 'whole',
      description: 'what for',
      status: 'active',
      dataset_count: 0,
      experiment_count: 0,
      model_count: 0,
      production_deployment_id: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z$/),
    });
    expect(body.project_id).toBe(body.id);
  });

  test.each([
    [{}, 'name', is.missing, {}],
    [{ name: null }, 'name', is.string, null],
    [{ name: '' }, 'name', is.tooShort(1), ''],
    [{ name: 'x', description: 5 }, 'description', is.string, 5],
  ])('%j is refused', async (body, field, words, input) => {
    const got = await wire.send('POST', '/api/projects', { body });
    expect(spelled(got.body)).toBe(spelled({ detail: [item(words, ['body', field], input)] }));
  });

  test('a description of 4000 characters is the longest', async () => {
    const of = (n: number) =>
      wire.send('POST', '/api/projects', { body: { name: `long ${n}`, description: '😀'.repeat(n) } });
    expect((await of(4000)).status).toBe(201);
    expect((await of(4001)).body.detail).toEqual([item(is.tooLong(4000), ['body', 'description'])]);
  });

  test('a name is taken once, to the letter', async () => {
    const again = await wire.send('POST', '/api/projects', { body: { name: 'alpha' } });
    expect([again.status, again.body]).toEqual([409, { detail: 'Project name is taken' }]);
    expect((await wire.send('POST', '/api/projects', { body: { name: 'Alpha' } })).status).toBe(201);
  });

  test('needs a key of every project', async () => {
    const key = await wire.keyWith({ project_ids: [made.alpha] });
    const { status } = await wire.send('POST', '/api/projects', { key, body: { name: 'limited' } });
    expect(status).toBe(403);
  });
});

describe('the list of projects', () => {
  test.each([
    ['search=ALPH', ['Alpha', 'alpha']],
    ['search=gamma%20R', ['Gamma ray']],
    ['search=nothing', []],
    ['search=.*', []],
    ['search=a&sort_field=name&sort_direction=asc&limit=2', ['Alpha', 'Beta']],
    ['search=a&sort_field=name&sort_direction=asc&limit=2&offset=2', ['Gamma ray', 'alpha']],
    ['search=alpha&sort_field=model_count&sort_direction=desc', ['alpha', 'Alpha']],
    ['search=alpha&sort_field=model_count&sort_direction=asc', ['Alpha', 'alpha']],
    ['search=a&sort_field=created_at&sort_direction=asc&limit=2', ['Beta', 'alpha']],
    ['search=a&sort_field=dataset_count', ['Alpha', 'Gamma ray', 'alpha', 'Beta']],
    ['search=a&sort_field=experiment_count&sort_direction=asc', ['Alpha', 'Gamma ray', 'alpha', 'Beta']],
  ])('%s', async (query, expected) => {
    expect((await names(query)).filter((name: string) => !['long 4000'].includes(name))).toEqual(expected);
  });

  test.each([
    [
      'sort_field',
      'x',
      is.literal("'created_at', 'name', 'dataset_count', 'model_count' or 'experiment_count'"),
    ],
    ['sort_direction', 'up', is.literal("'asc' or 'desc'")],
    ['sort_direction', 'ASC', is.literal("'asc' or 'desc'")],
  ])('refuses %s=%s', async (name, value, words) => {
    const { status, body } = await wire.send('GET', `/api/projects?${name}=${value}`);
    expect(spelled(body)).toBe(spelled({ detail: [item(words, ['query', name], value)] }));
    expect(status).toBe(422);
  });

  test('a search has 255 characters at most', async () => {
    const got = await wire.send('GET', `/api/projects?search=${'a'.repeat(256)}`);
    expect(got.body.detail).toEqual([item(is.tooLong(255), ['query', 'search'], 'a'.repeat(256))]);
  });

  test('shows a key of some projects those alone', async () => {
    const key = await wire.keyWith({ project_ids: [made.Beta] });
    const { body } = await wire.send('GET', '/api/projects', { key });
    expect([body.total, body.items[0].id]).toEqual([1, made.Beta]);
  });
});

test('one project is found by its id, and no other', async () => {
  const { status, body } = await wire.send('GET', `/api/projects/${made.alpha}`);
  expect([status, body.project.name, body.project.model_count]).toEqual([200, 'alpha', 1]);
  const none = await wire.send('GET', `/api/projects/${noId}`);
  expect([none.status, none.body]).toEqual([404, { detail: 'Project not found' }]);
  const wrong = await wire.send('GET', '/api/projects/x');
  expect(spelled(wrong.body)).toBe(spelled({ detail: [item(is.uuid, ['path', 'project_id'], 'x')] }));
});
