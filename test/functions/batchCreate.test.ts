import { beforeAll, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { type Batching, openBatch, wanted } from './support/batching.ts';

let batch: Batching;
let model: string;
beforeAll(async () => {
  batch = await openBatch();
  model = await batch.model();
});

test('answers 201 with the deployment, active, every key in its order, null where nothing is set', async () => {
  const got = await batch.create(model, { name: 'first' });
  expect(got.status, JSON.stringify(got.body)).toBe(201);
  const id = got.body.deployment_id;
  expect(spelled(got.body)).toBe(
    spelled({
      deployment_id: id,
      name: 'first',
      type: 'batch',
      status: 'active',
      domain: 'sales',
      owner: 'ada',
      model: { model_name: model, model_version: '1', model_alias: null },
      created_at: got.body.created_at,
      updated_at: got.body.updated_at,
      resolved_model_version: '1',
      dag_id: `slipway-${id}`,
      dag_s3_uri: `s3://data/definitions/${id}.json`,
      schedule: null,
      last_run: null,
      service_url: null,
      replica_count: null,
      ready_replicas: null,
      allowed_roles: null,
      error_message: null,
      stopped_at: null,
    }),
  );
  const definition = JSON.parse(String(batch.store.get(`data/definitions/${id}.json`)));
  expect(definition).toMatchObject({ deployment_id: id, source: { catalog: 'iceberg', table: 'orders' } });
  expect((await batch.send('GET', batch.path(model, '/first'))).body).toEqual(got.body);
});

test('an empty body gives the seven missing fields in their order', async () => {
  const got = await batch.send('POST', batch.path(model), { body: {} });
  const fields = ['name', 'model', 'source', 'target', 'entity_columns', 'domain', 'owner'];
  expect(got.status).toBe(422);
  expect(spelled(got.body)).toBe(
    spelled({ detail: fields.map((field) => item(is.missing, ['body', field], {})) }),
  );
});

test.each([
  ['9223372036854775807', '9223372036854775807'],
  ['7279250483206658947', '7279250483206658947'],
  ['"7279250483206658947"', '7279250483206658947'],
  ['12', '12'],
  ['null', null],
])('snapshot_id %s is kept to the last digit', async (sent, kept) => {
  const name = `s${Math.random().toString(36).slice(2)}`;
  const raw = JSON.stringify({ ...wanted, name }).replace('"orders"', `"orders","snapshot_id":${sent}`);
  const got = await batch.send('POST', batch.path(model), { raw });
  expect(got.status, JSON.stringify(got.body)).toBe(201);
  const definition = JSON.parse(String(batch.store.get(`data/definitions/${got.body.deployment_id}.json`)));
  expect(definition.source.snapshot_id).toBe(kept);
});

test.each(['9223372036854775808', '-1'])('snapshot_id %s is refused', async (sent) => {
  const raw = JSON.stringify({ ...wanted, name: 'big' }).replace(
    '"orders"',
    `"orders","snapshot_id":${sent}`,
  );
  const got = await batch.send('POST', batch.path(model), { raw });
  expect([got.status, got.body.detail[0].loc]).toEqual([422, ['body', 'source', 'snapshot_id']]);
});

test('a filter outside the grammar is refused with the place of the character', async () => {
  const source = { schema: 's', table: 't', filter_sql: 'a > 1; DROP TABLE t' };
  const got = await batch.create(model, { name: 'filtered', source });
  expect(got.status).toBe(422);
  expect(got.body.detail).toEqual([
    {
      type: 'value_error',
      loc: ['body', 'source', 'filter_sql'],
      msg: expect.stringMatching(/^Value error, .* at character 6$/),
      input: source.filter_sql,
      ctx: { error: {} },
    },
  ]);
  const fine = { ...source, filter_sql: "amount > 10 AND region IN ('a', 'b')" };
  expect((await batch.create(model, { name: 'filtered', source: fine })).status).toBe(201);
});

test.each([
  ['an unknown model', 'nobody', {}, 404, "Model 'nobody' not found"],
  ['an unknown version', '', { model: { model_version: '9' } }, 404, "Model '%' version '9' not found"],
  ['what is no version', '', { model: { model_version: 'x' } }, 404, "Model '%' version 'x' not found"],
  [
    'an unknown alias',
    '',
    { model: { model_alias: 'champion' } },
    404,
    "Model '%' alias 'champion' not found",
  ],
])('%s is answered in these words', async (_, other, more, status, detail) => {
  const name = other || model;
  const got = await batch.create(name, { name: 'words', ...more });
  expect([got.status, got.body]).toEqual([status, { detail: detail.replace('%', model) }]);
});

test('a version that is not ready is a conflict', async () => {
  const name = await batch.model();
  await batch.send('POST', '/api/models', { body: { project_id: batch.project_id, name } });
  const got = await batch.create(name, { model: { model_version: '2' } });
  expect([got.status, got.body]).toEqual([409, { detail: `Model '${name}' version '2' is not ready` }]);
});

test("a foreign model is as unknown as an unknown one, and a version's project is the caller's", async () => {
  const key = await batch.keyWith({ project_ids: ['00000000-0000-4000-8000-000000000000'] });
  const got = await batch.create(model, {}, { key });
  expect([got.status, got.body]).toEqual([404, { detail: `Model '${model}' not found` }]);
});

test('a name is taken once for each model, and another model may have the same', async () => {
  const other = await batch.model();
  await batch.created(model, { name: 'twice' });
  const got = await batch.create(model, { name: 'twice' });
  expect([got.status, got.body]).toEqual([
    409,
    { detail: `Deployment 'twice' already exists for model '${model}'` },
  ]);
  expect((await batch.create(other, { name: 'twice' })).status).toBe(201);
});

test('of two that come together for one name one gets it', async () => {
  const both = await Promise.all([1, 2].map(() => batch.create(model, { name: 'raced' })));
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
});

test('the model of the path counts, whatever the body calls it', async () => {
  const got = await batch.created(model, {
    name: 'path',
    model: { model_name: 'other', model_version: '1' },
  });
  expect(got.model).toEqual({ model_name: model, model_version: '1', model_alias: null });
});

test('tables that do not fit make a failed deployment that says why', async () => {
  batch.tables.outcome = 'failed';
  batch.tables.reason = "feature 'f1' is not a column of the table";
  const got = await batch.create(model, { name: 'unfit' });
  Object.assign(batch.tables, { outcome: 'passed', reason: '' });
  expect(got.status).toBe(201);
  expect([got.body.status, got.body.error_message]).toEqual([
    'failed',
    "feature 'f1' is not a column of the table",
  ]);
});

test('a repeat with the same key is given the same answer, and makes nothing new', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await batch.create(model, { name: 'repeated' }, { headers });
  const again = await batch.create(model, { name: 'repeated' }, { headers });
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body).toEqual(first.body);
  expect(again.headers['idempotency-replayed']).toBe('true');
});

test('trigger_now queues a run, which the answer shows', async () => {
  const before = batch.started.length;
  const got = await batch.created(model, { name: 'now', trigger_now: true });
  expect(got.last_run).toMatchObject({ status: 'queued', rows_scored: null, started_at: null });
  expect(got.last_run.airflow_run_id).toMatch(new RegExp(`^batch-${got.deployment_id}-\\d{8}T\\d{6}Z$`));
  expect(batch.started.length).toBe(before + 1);
});
