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

describe('a new version of a model', () => {
  test('is answered whole, with two addresses that take one upload each', async () => {
    const { status, body } = await register({
      name: 'whole',
      algo: 'GBM',
      metrics: { auc: '0.9' },
      trained_at: '2026-01-01T02:00:00.5+02:00',
    });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['id', 'model_id', 'model', 'uploads']);
    expect(body.model).toEqual({
      id: body.id,
      model_id: body.id,
      project_id,
      registered_model_id: body.id,
      name: 'whole',
      version: '1',
      algo: 'GBM',
      format: null,
      status: 'awaiting_upload',
      error_message: null,
      experiment_id: null,
      metrics: { auc: 0.9 },
      schema: null,
      aliases: [],
      is_best: false,
      is_production: false,
      is_staging: false,
      has_baseline: false,
      baseline_rows: null,
      baseline_refused: null,
      report: null,
      artifact_sha256: null,
      trained_at: '2026-01-01T00:00:00.500000Z',
      created_at: expect.any(String),
    });
    for (const part of ['artifact', 'baseline']) {
      const upload = body.uploads[part];
      expect(upload).toMatchObject({
        method: 'PUT',
        headers: { 'if-none-match': '*' },
        max_bytes: expect.any(Number),
      });
      expect(new URL(upload.url).pathname).toContain(`/uploads/${body.id}/${part}`);
      expect(new URL(upload.url).searchParams.get('X-Amz-SignedHeaders')).toContain('if-none-match');
    }
    expect((await register({ name: 'whole' })).body.model).toMatchObject({
      version: '2',
      registered_model_id: body.id,
    });
  });

  const long = 'a'.repeat(300);
  test.each([
    [{ project_id: 'x' }, ['project_id'], is.uuid, 'x'],
    [{ project_id: null }, ['project_id'], is.uuidType, null],
    [{ name: null }, ['name'], is.string, null],
    [{ name: '../x' }, ['name'], is.pattern('^(?! )[^/\\p{Cc}\\p{Cs}]*(?<! )$'), '../x'],
    [{ name: long }, ['name'], is.tooLong(255), long],
    [{ algo: null }, ['algo'], is.string, null],
    [{ algo: '' }, ['algo'], is.tooShort(1), ''],
    [{ algo: 'a'.repeat(65) }, ['algo'], is.tooLong(64), 'a'.repeat(65)],
    [
      { format: 'pickle' },
      ['format'],
      is.literal("'mojo', 'xgboost', 'lightgbm', 'onnx' or 'skops'"),
      'pickle',
    ],
    [{ metrics: null }, ['metrics'], is.dict, null],
    [{ metrics: [] }, ['metrics'], is.dict, []],
    [{ metrics: { auc: 'x' } }, ['metrics', 'auc'], is.float, 'x'],
    [{ metrics: { auc: null } }, ['metrics', 'auc'], is.floatType, null],
    [
      { metrics: { ['k'.repeat(65)]: 1 } },
      ['metrics', 'k'.repeat(65), '[key]'],
      is.tooLong(64),
      'k'.repeat(65),
    ],
    [{ trained_at: null }, ['trained_at'], is.timeType, null],
    [{ trained_at: 5 }, ['trained_at'], is.timeType, 5],
    [{ trained_at: '2026-01-01T00:00:00' }, ['trained_at'], is.zone, '2026-01-01T00:00:00'],
    [
      { trained_at: '9999-12-31T23:59:59-23:59' },
      ['trained_at'],
      is.year(10_000),
      '9999-12-31T23:59:59-23:59',
    ],
    [{ schema: null }, ['schema'], is.model, null],
    [{ schema: {} }, ['schema', 'features'], is.missing, {}],
    [{ schema: { features: 5 } }, ['schema', 'features'], is.list, 5],
    [
      { schema: { features: [{ type: 'number' }] } },
      ['schema', 'features', 0, 'name'],
      is.missing,
      { type: 'number' },
    ],
    [
      { schema: { features: [{ name: '', type: 'number' }] } },
      ['schema', 'features', 0, 'name'],
      is.tooShort(1),
      '',
    ],
    [
      { schema: { features: [{ name: 'a', type: 'x' }] } },
      ['schema', 'features', 0, 'type'],
      is.literal("'number', 'integer', 'boolean' or 'string'"),
      'x',
    ],
    [
      { schema: { features: [{ name: 'a', type: 'string', values: [5] }] } },
      ['schema', 'features', 0, 'values', 0],
      is.string,
      5,
    ],
    [
      { schema: { features: [{ name: 'a', type: 'string', nullable: 'x' }] } },
      ['schema', 'features', 0, 'nullable'],
      is.bool,
      'x',
    ],
    [{ schema: { features: [], target: 5 } }, ['schema', 'target'], is.string, 5],
    [
      { schema: { features: [], problem_type: 'x' } },
      ['schema', 'problem_type'],
      is.literal("'binary', 'multiclass', 'regression' or 'anomaly'"),
      'x',
    ],
  ])('%j is refused', async (more, loc, words, input) => {
    const { status, body } = await register(more);
    expect(spelled(body)).toBe(spelled({ detail: [item(words, ['body', ...loc], input)] }));
    expect(status).toBe(422);
  });

  test('a number that is none is refused', async () => {
    const got = await wire.send('POST', '/api/models', {
      raw: `{"project_id":"${project_id}","name":"n","metrics":{"auc":1e400}}`,
    });
    expect(got.body.detail).toEqual([item(is.finite, ['body', 'metrics', 'auc'])]);
  });

  test('a name belongs to the project that used it first', async () => {
    await register({ name: 'taken' });
    const other = (await wire.send('POST', '/api/projects', { body: { name: 'other' } })).body.id;
    const got = await register({ name: 'taken', project_id: other });
    expect([got.status, got.body]).toEqual([409, { detail: 'Model name is taken' }]);
  });

  test('an unknown project is not found', async () => {
    expect(await register({ project_id: noId })).toMatchObject({
      status: 404,
      body: { detail: 'Project not found' },
    });
  });
});

describe('completing a model', () => {
  const complete = (id: string) => wire.send('POST', `/api/models/${id}/complete`);
  test('before anything was uploaded is a conflict, and nothing changes', async () => {
    const { id } = (await register({ name: 'empty' })).body;
    const before = wire.kept();
    expect(await complete(id)).toMatchObject({
      status: 409,
      body: { detail: 'Artifact has not been uploaded' },
    });
    expect(wire.kept()).toBe(before);
  });

  test('an unknown one is not found', async () => {
    expect(await complete(noId)).toMatchObject({ status: 404, body: { detail: 'Model not found' } });
  });

  test('a file of no known format fails it for good, with the reason', async () => {
    const { id } = (await register({ name: 'unreadable' })).body;
    wire.store.set(`models/uploads/${id}/artifact`, Buffer.from('not a model'));
    const first = await complete(id);
    expect([first.status, typeof first.body.detail]).toEqual([422, 'string']);
    const { body } = await wire.send('GET', `/api/models/${id}`);
    expect(body.model).toMatchObject({ status: 'failed', error_message: first.body.detail });
    wire.store.set(
      `models/uploads/${id}/artifact`,
      wire.store.get(`models/models/${(await wire.ready()).model_id}/artifact`) ?? Buffer.alloc(0),
    );
    expect(await complete(id)).toMatchObject({ status: 422, body: first.body });
  });

  test('a ready one is answered the same again', async () => {
    const { model_id } = await wire.ready();
    const { status, body } = await complete(model_id);
    expect([status, body.ok, body.model.status]).toEqual([200, true, 'ready']);
    expect(body.model.artifact_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(body.model)).not.toEqual(expect.arrayContaining(['probe']));
  });
});
