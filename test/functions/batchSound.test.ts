import { beforeAll, expect, test, vi } from 'vitest';
import { plainItem } from '../../adapters/aws/attributes.ts';
import { survey } from '../../adapters/fsck.ts';
import { findings } from '../../domain/invariants.ts';
import { type Batching, openBatch } from './support/batching.ts';

let batch: Batching;
let model: string;
let id: string;
beforeAll(async () => {
  batch = await openBatch();
  model = await batch.model();
  id = (await batch.created(model, { name: 'kept', trigger_now: true })).deployment_id;
});

const items = (table: 'control' | 'idempotency') =>
  batch.table.items(table).map((item) => plainItem(item as Parameters<typeof plainItem>[0]));
const wrong = (control = items('control')) => findings(survey(control, items('idempotency')));

test('whatever becomes of batch deployments and their runs, the tables stay sound', async () => {
  const act = (name: string, what: string) => batch.send('POST', batch.path(model, `/${name}/${what}`));
  const remove = (name: string) => batch.send('DELETE', batch.path(model, `/${name}`));
  await batch.created(model, { name: 'again' });
  await remove('again');
  await batch.created(model, { name: 'again' });
  await act('again', 'stop');
  await act('again', 'start');
  await act('again', 'trigger');
  await batch.send('POST', batch.path(model, '/again/runs'), {
    body: { airflow_run_id: 'r', status: 'failed' },
  });
  await batch.send('PUT', batch.path(model, '/again/allowed_roles'), { body: { allowed_roles: ['a'] } });
  Object.assign(batch.tables, { outcome: 'failed', reason: 'no such table' });
  await batch.created(model, { name: 'unfit' });
  Object.assign(batch.tables, { outcome: 'passed', reason: '' });
  await remove('unfit');
  expect(wrong()).toEqual([]);
  const { deployments, batchNames, batchRuns, projects } = survey(items('control'), []);
  expect([deployments.length, batchNames.length, batchRuns.kept.length]).toEqual([4, 3, 3]);
  expect(projects.map(({ total }) => total.batch)).toEqual([4]);
});

test('a create that nobody finished is shown as it goes, and closed as failed by the sweeper', async () => {
  const commit = batch.functions.get('commitChange');
  if (!commit) throw new Error('no function commitChange');
  batch.functions.set('commitChange', async () => Promise.reject(new Error('gone')));
  const got = await batch.create(model, { name: 'orphan' });
  batch.functions.set('commitChange', commit);
  expect([got.status, got.body.status]).toEqual([201, 'deploying']);
  const place = batch.path(model, '/orphan');
  for (const [method, rest] of [
    ['POST', '/stop'],
    ['POST', '/start'],
    ['POST', '/trigger'],
    ['DELETE', ''],
  ] as const) {
    const refused = await batch.send(method, `${place}${rest}`);
    expect([refused.status, refused.body]).toEqual([409, { detail: "Deployment 'orphan' is deploying" }]);
  }
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 200_000 });
  await batch.functions.get('sweepOperations')?.({}, {} as never);
  vi.useRealTimers();
  const { body } = await batch.send('GET', place);
  expect([body.status, body.error_message]).toEqual(['failed', 'The operation was not finished in time']);
  expect(wrong()).toEqual([]);
  const again = await batch.create(model, { name: 'orphan' });
  expect(again.status).toBe(409);
});

test.each<[string, RegExp, RegExp]>([
  ['a name that nobody has', /^MODELNAME#/, /^B#/],
  ['a run that is not found by its id', /^DEP#/, /^RUN#/],
  ['a run that is gone', /^P#/, /^RUN#/],
])('%s is found', (_, pk, sk) => {
  const control = items('control');
  const lost = control.findIndex((item) => pk.test(String(item.pk)) && sk.test(String(item.sk)));
  expect(lost).toBeGreaterThanOrEqual(0);
  expect(wrong(control.toSpliced(lost, 1)).map(({ invariant }) => invariant)).toEqual([6]);
});

test('the native dialect does not know it, by any of its paths', async () => {
  const { body } = await batch.send('GET', `/api/mlops/projects/${batch.project_id}/deployments`);
  expect([body.total, body.items]).toEqual([0, []]);
  const one = `/api/mlops/deployments/${id}`;
  const all = await Promise.all([
    batch.send('GET', one),
    batch.send('GET', `${one}/drift`),
    batch.send('GET', `${one}/inference-logs`),
    batch.send('POST', `${one}/predict`, { body: { inputs: {} } }),
    batch.send('POST', `${one}/promote`, { body: { to_stage: 'production' } }),
    batch.send('POST', `${one}/deactivate`),
  ]);
  for (const got of all) expect([got.status, got.body]).toEqual([404, { detail: 'Deployment not found' }]);
});

test('an online deployment with roles answers those users alone who hold one', async () => {
  const own = await batch.model();
  const found = await batch.send(
    'GET',
    `/api/models?project_id=${batch.project_id}&search=${encodeURIComponent(own)}`,
  );
  const online = await batch.deploy(batch.project_id, found.body.items[0].id, { name: 'guarded' });
  const [sales, ops] = await Promise.all(
    ['sales', 'ops'].map((role) => batch.keyWith({ kind: 'user', roles: [role] })),
  );
  const predict = async (key?: string) =>
    (await batch.send('POST', `/api/mlops/deployments/${online}/predict`, { body: { inputs: {} }, key }))
      .status;
  const roles = { body: { allowed_roles: ['ops'] } };
  expect(
    (await batch.send('PUT', batch.path(own, '/guarded/allowed_roles'), roles)).body.allowed_roles,
  ).toEqual(['ops']);
  expect([await predict(sales), await predict(ops), await predict()]).toEqual([403, 200, 200]);
});
