import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id } = await wire.ready());
});
const register = (more: object) =>
  wire.send('POST', '/api/models', { body: { project_id, name: 'm', ...more } });

describe('the list of models', () => {
  let own: string;
  const of: Record<string, string> = {};
  beforeAll(async () => {
    own = (await wire.send('POST', '/api/projects', { body: { name: 'filters' } })).body.id;
    for (const [name, algo, metrics] of [
      ['fraud', 'GBM', { auc: 0.7, rmse: 3 }],
      ['Fraud two', 'xgboost', { auc: 0.9 }],
      ['churn', 'gbm', { rmse: 1 }],
      ['none', 'dl', {}],
    ] as const) {
      const { id } = (await register({ project_id: own, name, algo, metrics })).body;
      of[name] = id;
      wire.store.set(
        `models/uploads/${id}/artifact`,
        wire.store.get([...wire.store.keys()].find((k) => k.endsWith('/artifact')) ?? '') ?? Buffer.alloc(0),
      );
      await wire.send('POST', `/api/models/${id}/complete`);
    }
    await wire.deploy(own, of.fraud ?? '', { stage: 'production' });
    await wire.deploy(own, of.churn ?? '', { stage: 'staging' });
  });
  const names = async (query: string) =>
    (await wire.send('GET', `/api/models?project_id=${own}&${query}`)).body.items.map(
      (m: { name: string }) => m.name,
    );

  test.each([
    ['', ['none', 'churn', 'Fraud two', 'fraud']],
    ['search=FRAUD', ['Fraud two', 'fraud']],
    ['model_type=gbm', ['churn', 'fraud']],
    ['model_type=GBM&search=fraud', ['fraud']],
    ['is_production=true', ['fraud']],
    ['is_production=1&is_staging=no', ['fraud']],
    ['is_staging=yes', ['churn']],
    ['is_production=false&is_staging=f', ['none', 'Fraud two']],
    ['is_best=true', ['churn', 'Fraud two', 'fraud']],
    ['is_best=off', ['none']],
    [`experiment_id=${noId}`, []],
    ['sort_metric=auc', ['Fraud two', 'fraud', 'none', 'churn']],
    ['sort_metric=auc&sort_dir=asc', ['fraud', 'Fraud two', 'none', 'churn']],
    ['sort_metric=rmse&sort_dir=asc', ['churn', 'fraud', 'none', 'Fraud two']],
    ['sort_metric=mean_per_class_error', ['none', 'churn', 'Fraud two', 'fraud']],
    ['limit=1&offset=2', ['Fraud two']],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  const metrics = "'auc', 'logloss', 'accuracy', 'mean_per_class_error', 'rmse', 'mae', 'mse' or 'r2'";
  test.each([
    ['project_id', 'x', is.uuid],
    ['project_id', '', is.uuid],
    ['experiment_id', 'x', is.uuid],
    ['is_best', 'maybe', is.bool],
    ['is_production', '', is.bool],
    ['is_staging', '2', is.bool],
    ['sort_metric', 'x', is.literal(metrics)],
    ['sort_dir', 'up', is.literal("'asc' or 'desc'")],
    ['model_type', 'a'.repeat(65), is.tooLong(64)],
    ['search', 'a'.repeat(256), is.tooLong(255)],
  ])('refuses %s=%s', async (name, value, words) => {
    const { status, body } = await wire.send('GET', `/api/models?${name}=${value}`);
    expect(spelled(body)).toBe(spelled({ detail: [item(words, ['query', name], value)] }));
    expect(status).toBe(422);
  });

  test('of an unknown project is not found', async () => {
    expect(await wire.send('GET', `/api/models?project_id=${noId}`)).toMatchObject({
      status: 404,
      body: { detail: 'Project not found' },
    });
  });

  test('one model is found by its id, whatever project it is of, and no other', async () => {
    expect((await wire.send('GET', `/api/models/${of.fraud}`)).body.model).toMatchObject({
      name: 'fraud',
      is_production: true,
    });
    expect(await wire.send('GET', `/api/models/${noId}`)).toMatchObject({
      status: 404,
      body: { detail: 'Model not found' },
    });
  });
});

describe('aliases', () => {
  let name: string;
  const put = (alias: string, body: unknown, of = name) =>
    wire.send('PUT', `/api/models/${encodeURIComponent(of)}/aliases/${alias}`, { body });
  const remove = (alias: string, of = name) =>
    wire.send('DELETE', `/api/models/${encodeURIComponent(of)}/aliases/${alias}`);
  beforeAll(async () => {
    const { model_id } = await wire.ready();
    name = (await wire.send('GET', `/api/models/${model_id}`)).body.model.name;
  });

  test('stand for a version, move, and go', async () => {
    const { status, body } = await put('champion', { version: '1' });
    expect([status, body]).toEqual([
      200,
      { name, alias: 'champion', version: '1', updated_at: expect.any(String) },
    ]);
    const shown = async () =>
      (await wire.send('GET', `/api/models?search=${encodeURIComponent(name)}`)).body.items[0].aliases;
    expect(await shown()).toEqual(['champion']);
    expect(await remove('champion')).toMatchObject({ status: 200, body: { ok: true } });
    expect(await shown()).toEqual([]);
    expect(await remove('champion')).toMatchObject({ status: 404, body: { detail: 'Alias not found' } });
  });

  test.each(['1a', 'a'.repeat(64), 'é', '-a', 'a%20b', 'a%0A', '%00'])('%s is no alias', async (alias) => {
    const { status, body } = await put(alias, { version: '1' });
    const words = is.pattern('^[a-zA-Z][\\w\\-.]{0,62}$');
    expect([status, body.detail]).toEqual([422, [item(words, ['path', 'alias'], decodeURIComponent(alias))]]);
  });

  test('latest is taken by the product', async () => {
    expect((await put('latest', { version: '1' })).body.detail).toEqual([
      item(is.value('latest is reserved'), ['path', 'alias'], 'latest'),
    ]);
  });

  test.each([
    [{}, is.missing, {}],
    [{ version: 1 }, is.string, 1],
    [{ version: null }, is.string, null],
    [{ version: '0' }, is.pattern('^[1-9]\\d{0,5}$'), '0'],
    [{ version: '1\n' }, is.pattern('^[1-9]\\d{0,5}$'), '1\n'],
    [{ version: '1234567' }, is.pattern('^[1-9]\\d{0,5}$'), '1234567'],
  ])('%j is no version', async (body, words, input) => {
    const got = await put('a', body);
    expect(spelled(got.body)).toBe(spelled({ detail: [item(words, ['body', 'version'], input)] }));
  });

  test('an unknown model or version is not found, and one that is not ready is a conflict', async () => {
    expect(await put('a', { version: '1' }, 'nobody')).toMatchObject({
      status: 404,
      body: { detail: 'Model not found' },
    });
    expect(await remove('a', 'nobody')).toMatchObject({ status: 404, body: { detail: 'Model not found' } });
    expect(await put('a', { version: '9' })).toMatchObject({
      status: 404,
      body: { detail: 'Model version not found' },
    });
    await register({ name: 'not ready' });
    expect(await put('a', { version: '1' }, 'not ready')).toMatchObject({
      status: 409,
      body: { detail: 'Model is not ready' },
    });
  });
});
