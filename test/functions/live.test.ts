import { beforeAll, expect, test } from 'vitest';
import { noId, openWire, type Wire } from './support/wire.ts';

const all = '/api/v2/models/liveDeployments';
const ridOf = (id: string) => `ri.foundry-ml-live.main.live-deployment.${id}`;
const modelRid = (id: string) => `ri.models.main.model.${id}`;
const path = (id: string, more = '') => `${all}/${ridOf(id)}${more}?preview=true`;
const usual = { minReplicas: 0, maxReplicas: 1, threadCount: 32 };

let wire: Wire;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
});

const create = (more: object = {}, branch = 'master', model = model_id) =>
  wire.send('POST', `${all}?preview=true`, {
    body: {
      deploymentType: { type: 'direct', modelRid: modelRid(model), branch },
      runtimeConfiguration: { minReplicas: 0, maxReplicas: 2, ...more },
    },
  });

test('a deployment of mlops is shown with what nobody configured', async () => {
  const id = await wire.deploy(project_id, model_id);
  const { status, body, headers } = await wire.send('GET', path(id));
  expect(status).toBe(200);
  expect(body).toEqual({
    rid: ridOf(id),
    modelVersion: {
      modelRid: modelRid(model_id),
      modelVersionRid: `ri.models.main.model-version.${model_id}`,
    },
    runtimeConfiguration: usual,
    status: { state: 'ACTIVE', isReady: true },
  });
  expect(headers.etag).toMatch(/^"\d+"$/);
});

test.each([
  ['pending', 'STARTING', false],
  ['deploying', 'STARTING', false],
  ['active', 'ACTIVE', true],
  ['failed', 'FAILED', false],
  ['stopped', 'DISABLED', false],
  ['archived', 'DISABLED', false],
])('a %s deployment is %s, ready: %s', async (life, state, isReady) => {
  const id = await wire.deployedIn(life, project_id, model_id);
  expect((await wire.send('GET', path(id))).body.status).toEqual({ state, isReady });
});

test('what is created keeps its branch and what it asked for, and is listed by both', async () => {
  const { project_id: _, model_id: model } = await wire.ready();
  const runtime = { minReplicas: 1, maxReplicas: 3, cpu: 0.5, memory: '256MiB', threadCount: 32 };
  const { status, body } = await create(runtime, 'master', model);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    branch: 'master',
    runtimeConfiguration: runtime,
    status: { state: 'ACTIVE', isReady: true },
  });
  const other = await create({}, 'side', model);
  const list = async (query: string) =>
    (await wire.send('GET', `${all}?preview=true&modelRid=${modelRid(model)}${query}`)).body;
  expect(await list('')).toEqual({ data: [other.body, body] });
  expect(await list('&branch=side')).toEqual({ data: [other.body] });
  expect(await list('&branch=none')).toEqual({ data: [] });
  const mlops = await wire.send('GET', `/api/mlops/deployments/${body.rid.split('.').at(-1)}`);
  expect(Object.keys(mlops.body.deployment.config)).toEqual(['name', 'traffic_percent']);
});

test('an unknown model has no deployments', async () => {
  for (const rid of [modelRid(noId), 'ri.other.main.model.x'])
    expect((await wire.send('GET', `${all}?preview=true&modelRid=${rid}`)).body).toEqual({ data: [] });
});

test('a replaced configuration is whole, and its nulls are nowhere', async () => {
  const { body } = await create({ cpu: 2 });
  const id = body.rid.split('.').at(-1);
  const put = await wire.send('PUT', path(id), {
    body: { runtimeConfiguration: { minReplicas: 2, maxReplicas: 2, gpu: null, cpu: null } },
  });
  expect(put.status).toBe(200);
  expect(put.body.runtimeConfiguration).toEqual({ minReplicas: 2, maxReplicas: 2 });
  expect((await wire.send('GET', path(id))).body).toEqual(put.body);
});

test('a stale replace changes nothing', async () => {
  const id = (await create()).body.rid.split('.').at(-1);
  const body = { runtimeConfiguration: { minReplicas: 0, maxReplicas: 9 } };
  const got = await wire.send('PUT', path(id), { body, headers: { 'if-match': '"77"' } });
  expect([got.status, got.body.errorCode, got.body.errorName]).toEqual([
    412,
    'CONFLICT',
    'Default:PreconditionFailed',
  ]);
  expect((await wire.send('GET', path(id))).body.runtimeConfiguration.maxReplicas).toBe(2);
});

test('disable and start are each 204, twice; a disabled production stays production and does not predict', async () => {
  const id = await wire.deploy(project_id, model_id, { stage: 'production' });
  const predict = () =>
    wire.send('POST', `/api/mlops/deployments/${id}/predict`, { body: { inputs: { a: 1 } } });
  for (let i = 0; i < 2; i++) {
    const { status, body } = await wire.send('POST', path(id, '/disable'));
    expect([status, body]).toEqual([204, undefined]);
  }
  expect((await wire.send('GET', path(id))).body.status).toEqual({ state: 'DISABLED', isReady: false });
  const shown = (await wire.send('GET', `/api/mlops/deployments/${id}`)).body.deployment;
  expect(shown).toMatchObject({ stage: 'production', is_active: false, status: 'inactive' });
  expect(await predict()).toMatchObject({ status: 409, body: { detail: 'Deployment is not active' } });
  for (let i = 0; i < 2; i++) expect((await wire.send('POST', path(id, '/start'))).status).toBe(204);
  expect((await wire.send('GET', path(id))).body.status).toEqual({ state: 'ACTIVE', isReady: true });
});

test('a deployment that runs elsewhere is shown as its controller reports it, and changed by nobody here', async () => {
  const { name } = (await wire.send('GET', `/api/projects/${project_id}`)).body.project;
  const workspace = `/apis/models/v2/workspaces/${encodeURIComponent(name)}`;
  const config = { name: 'llama', engine: 'nim', model_spec: {}, executor_config: { gpu: 1 } };
  await wire.send('POST', `${workspace}/deployment-configs`, { body: config });
  const made = await wire.send('POST', `${workspace}/deployments`, {
    body: { name: 'chat', config: 'llama' },
  });
  expect([made.status, made.body]).toEqual([201, expect.objectContaining({ name: 'chat' })]);
  const { sk } =
    wire.table.items('control').find((item) => /^D#external#/.test((item.sk as { S: string }).S)) ?? {};
  const id = (sk as { S: string }).S.slice('D#external#'.length);
  const status = async () => (await wire.send('GET', path(id))).body.status;
  const report = (word: string) =>
    wire.send('POST', `${workspace}/deployments/chat/status`, { body: { status: word } });
  expect(await status()).toEqual({ state: 'STARTING', isReady: false });
  for (const [word, state, isReady] of [
    ['READY', 'ACTIVE', true],
    ['LOST', 'DEGRADED', false],
    ['PENDING', 'STARTING', false],
    ['UNKNOWN', 'DEGRADED', false],
    ['ERROR', 'FAILED', false],
    ['DELETING', 'DISABLED', false],
  ] as const) {
    expect((await report(word)).status, word).toBe(200);
    expect(await status(), word).toEqual({ state, isReady });
  }
  for (const [method, more] of [
    ['PUT', ''],
    ['POST', '/transformJson'],
    ['POST', '/start'],
    ['POST', '/disable'],
  ] as const)
    expect((await wire.send(method, path(id, more))).body.errorName, more).toBe('UnsupportedLiveDeployment');
});

test('a repeated request gets the answer of the first, and nothing is made twice', async () => {
  const sent = (key: string, body?: object) => ({
    headers: { 'idempotency-key': key },
    ...(body && { body }),
  });
  const deploymentType = { type: 'direct', modelRid: modelRid(model_id), branch: 'repeated' };
  const wanted = { deploymentType, runtimeConfiguration: { minReplicas: 0, maxReplicas: 1 } };
  const [first, again] = [
    await wire.send('POST', `${all}?preview=true`, sent('create', wanted)),
    await wire.send('POST', `${all}?preview=true`, sent('create', wanted)),
  ];
  expect([again.status, again.body]).toEqual([200, first.body]);
  expect(again.headers['idempotency-replayed']).toBe('true');
  const id = first.body.rid.split('.').at(-1);
  for (const replayed of [undefined, 'true']) {
    const { status, body, headers } = await wire.send('POST', path(id, '/disable'), sent('disable'));
    expect([status, body, headers['idempotency-replayed']]).toEqual([204, undefined, replayed]);
  }
  const list = await wire.send('GET', `${all}?preview=true&modelRid=${modelRid(model_id)}&branch=repeated`);
  expect(list.body.data).toHaveLength(1);
});

test('the alias of the name of the branch says which version is deployed; without one the newest', async () => {
  const { project_id: project, model_id: one } = await wire.ready();
  const { name } = (await wire.send('GET', `/api/models/${one}`)).body.model;
  const two = (await wire.send('POST', '/api/models', { body: { project_id: project, name } })).body.id;
  const artifact = wire.store.get(`models/uploads/${one}/artifact`);
  wire.store.set(`models/uploads/${two}/artifact`, artifact ?? Buffer.alloc(0));
  expect((await wire.send('POST', `/api/models/${two}/complete`)).status).toBe(200);
  await wire.send('PUT', `/api/models/${encodeURIComponent(name)}/aliases/champion`, {
    body: { version: '1' },
  });
  const version = async (branch: string) => (await create({}, branch, one)).body.modelVersion.modelVersionRid;
  expect(await version('champion')).toBe(`ri.models.main.model-version.${one}`);
  expect(await version('master')).toBe(`ri.models.main.model-version.${two}`);
});
