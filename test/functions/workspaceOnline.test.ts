import { beforeAll, expect, test } from 'vitest';
import { plainItem } from '../../adapters/aws/attributes.ts';
import { survey } from '../../adapters/fsck.ts';
import { findings } from '../../domain/invariants.ts';
import { openWorkspace, type Workspace } from './support/workspaces.ts';

let ws: Workspace;
let model_id: string;
let base: string;
let project_id: string;
let other: string;
/** The workspace of a project that has a model. */
beforeAll(async () => {
  ws = await openWorkspace();
  ({ project_id, model_id } = await ws.ready());
  other = (await ws.send('GET', `/api/projects/${project_id}`)).body.project.name;
  base = `/apis/models/v2/workspaces/${encodeURIComponent(other)}`;
});
const ask = (method: string, path: string, body?: object) =>
  ws.send(method, `${base}/deployments${path}`, body && { body });
const deploy = (name: string, stage = 'staging') => ws.deploy(project_id, model_id, { name, stage });
const lives = (d: { status_history: { status: string }[] }) => d.status_history.map(({ status }) => status);

test('an online deployment is seen with the status of its life and the model it was made from', async () => {
  await deploy('seen');
  const { status, body } = await ask('GET', '/seen');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ name: 'seen', workspace: other, project: null, entity_version: 1, config_version: 1 },
    ...{ status: 'READY', status_message: '', model_provider_id: null },
  });
  expect(body.config).toBe((await ws.send('GET', `/api/models/${model_id}`)).body.model.name);
  expect(lives(body)).toEqual(['CREATED', 'PENDING', 'READY']);
});

test('deployments of one name are its versions', async () => {
  const first = await deploy('same');
  await deploy('same');
  await ws.send('POST', `/api/mlops/deployments/${first}/deactivate`);
  const { body } = await ask('GET', '/same/versions');
  expect(body.map((d: Record<string, unknown>) => [d.entity_version, d.status])).toEqual([
    [2, 'READY'],
    [1, 'DELETED'],
  ]);
  expect(lives(body[1])).toEqual(['CREATED', 'PENDING', 'READY', 'DELETED']);
});

test('a report is stored and shown, and moves neither the life nor the pointer', async () => {
  const id = await deploy('reported', 'production');
  const told = { status: 'ERROR', status_message: 'slow', model_provider_id: 'a/b' };
  const { status, body } = await ask('POST', '/reported/status', told);
  expect([status, body.status, body.status_message, body.model_provider_id]).toEqual([
    ...[200, 'ERROR', 'slow', 'a/b'],
  ]);
  expect(lives(body)).toEqual(['CREATED', 'PENDING', 'READY', 'ERROR']);
  const { deployment } = (await ws.send('GET', `/api/mlops/deployments/${id}`)).body;
  expect([deployment.stage, deployment.is_active, deployment.status]).toEqual(['production', true, 'active']);
  const predict = await ws.send('POST', `/api/mlops/deployments/${id}/predict`, { body: { inputs: {} } });
  expect(predict.status).not.toBe(409);
  await ws.send('POST', `/api/mlops/deployments/${id}/deactivate`);
  const after = (await ask('GET', '/reported')).body;
  expect(after.status).toBe('DELETED');
  expect(lives(after).slice(-2)).toEqual(['ERROR', 'DELETED']);
});

test('what only runs elsewhere can be is refused', async () => {
  await deploy('ours');
  for (const status of ['UNKNOWN', 'LOST']) {
    const got = await ask('POST', '/ours/status', { status });
    expect([got.status, got.body]).toEqual([409, { detail: `Only external deployments can be ${status}` }]);
  }
});

test('it is managed by us: no version and no deletion from outside', async () => {
  await deploy('managed');
  await ws.send('POST', `${base}/deployment-configs`, {
    body: { name: 'c', engine: 'nim', model_spec: {}, executor_config: { gpu: 1 } },
  });
  const detail = `Deployment '${other}/managed' is managed by Slipway`;
  for (const got of [
    await ask('POST', '/managed', { config: 'c' }),
    await ask('DELETE', '/managed'),
    await ask('DELETE', '/managed/versions/1'),
  ])
    expect([got.status, got.body]).toEqual([409, { detail }]);
});

test('a name is of one kind, whoever came first', async () => {
  await deploy('online-first');
  const late = await ask('POST', '', { name: 'online-first', config: 'c' });
  expect([late.status, late.body.detail]).toEqual([
    ...[409, `Deployment with workspace '${other}' and name 'online-first' already exists`],
  ]);
  expect((await ask('POST', '', { name: 'elsewhere-first', config: 'c' })).status).toBe(201);
  const ours = await ws.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
    body: { model_id, name: 'elsewhere-first', stage: 'staging' },
  });
  expect([ours.status, ours.body.detail]).toEqual([
    ...[409, 'Deployment name is taken by an external deployment'],
  ]);
});

test('a list shows both kinds, the latest of each name or all, with exact counts', async () => {
  const list = async (query: string) => (await ask('GET', `?${query}`)).body;
  const all = await list('all_versions=true&page_size=1000');
  const latest = await list('sort=name');
  const names = latest.data.map((d: { name: string }) => d.name);
  expect(names).toEqual(names.toSorted());
  expect(new Set(names).size).toBe(names.length);
  expect(all.pagination.total_results).toBe(latest.pagination.total_results + 1);
  expect(names).toEqual(expect.arrayContaining(['same', 'elsewhere-first']));
  for (const one of latest.data) expect(Object.values(one)).not.toContain(null);
  expect((await list('filter[status]=DELETED')).data.map((d: { name: string }) => d.name)).toEqual([
    'reported',
  ]);
  expect((await list('filter%5Bname%5D%5B%24like%5D=first')).pagination.total_results).toBe(2);
});

test('what runs elsewhere is nowhere in the native dialect', async () => {
  const { body } = await ask('GET', '/elsewhere-first');
  const list = await ws.send('GET', `/api/mlops/projects/${project_id}/deployments?limit=200`);
  const names = list.body.items.map((d: { config: { name: string } }) => d.config.name);
  expect(names).not.toContain(body.name);
  expect(list.body.total).toBe(list.body.items.length);
  const external = ws.table
    .items('control')
    .map((item) => (item.sk as { S: string }).S)
    .find((sk) => sk.startsWith('D#external#'));
  const id = external?.slice('D#external#'.length);
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/deactivate'],
  ] as const)
    expect(await ws.send(method, `/api/mlops/deployments/${id}${path}`)).toMatchObject({
      status: 404,
      body: { detail: 'Deployment not found' },
    });
});

test('everything that all of this has left behind is sound', () => {
  const items = (name: string) => ws.table.items(name).map((item) => plainItem(item as never));
  expect(findings(survey(items('control'), items('idempotency')))).toEqual([]);
});
