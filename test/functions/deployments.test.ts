import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { noId, openWire, type Sent, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
});

const act = (id: string, what: string, sent: Sent = {}) =>
  wire.send('POST', `/api/mlops/deployments/${id}/${what}`, sent);
const promote = (id: string) => act(id, 'promote', { body: { to_stage: 'production' } });
const deployed = (more = {}) => wire.deploy(project_id, model_id, more);

const inLife = (life: string) => wire.deployedIn(life, project_id, model_id);

const byId: [what: string, method: string, suffix: string, sent: Sent][] = [
  ['getDeployment', 'GET', '', {}],
  ['predict', 'POST', '/predict', { body: { inputs: {} } }],
  ['promote', 'POST', '/promote', { body: { to_stage: 'production' } }],
  ['rollback', 'POST', '/rollback', { body: { to_model_id: noId } }],
  ['deactivate', 'POST', '/deactivate', {}],
  ['inference logs', 'GET', '/inference-logs', {}],
];
test.each(byId)(
  '%s of an unknown deployment is not found, and of a foreign one just so',
  async (_, method, suffix, sent) => {
    const key = await wire.keyWith({ project_ids: [noId] });
    const id = await deployed();
    const before = wire.kept();
    const unknown = await wire.send(method, `/api/mlops/deployments/${noId}${suffix}`, sent);
    const foreign = await wire.send(method, `/api/mlops/deployments/${id}${suffix}`, { ...sent, key });
    expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Deployment not found' }]);
    expect([foreign.status, foreign.body]).toEqual([404, { detail: 'Deployment not found' }]);
    expect(wire.kept()).toBe(before);
  },
);

test.each(byId)('%s of what is no id names the path', async (what, method, suffix, sent) => {
  const { status, body } = await wire.send(method, `/api/mlops/deployments/x${suffix}`, sent);
  const fault =
    what === 'predict'
      ? item(is.uuid, ['path', 'deployment_id'])
      : item(is.uuid, ['path', 'deployment_id'], 'x');
  expect(spelled(body)).toBe(spelled({ detail: [fault] }));
  expect(status).toBe(422);
});

describe('create', () => {
  test('of an unknown privacy policy is not found', async () => {
    const body = { model_id, name: 'd', stage: 'staging', privacy_policy_id: noId };
    const got = await wire.send('POST', `/api/mlops/projects/${project_id}/deployments`, { body });
    expect([got.status, got.body]).toEqual([404, { detail: 'Privacy policy not found' }]);
  });

  test('of a model that does not load answers 201 with a failed deployment, and production stays', async () => {
    const own = await wire.ready();
    const first = await wire.deploy(own.project_id, own.model_id, { stage: 'production' });
    wire.store.set(`models/models/${own.model_id}/artifact`, Buffer.from('broken'));
    const body = { model_id: own.model_id, name: 'd', stage: 'production' };
    const got = await wire.send('POST', `/api/mlops/projects/${own.project_id}/deployments`, { body });
    expect(got.status).toBe(201);
    expect(got.body).toEqual({
      id: got.body.id,
      deployment_id: got.body.id,
      stage: 'staging',
      is_active: false,
      status: 'failed',
    });
    const { body: shown } = await wire.send('GET', `/api/mlops/deployments/${got.body.id}`);
    expect(shown.deployment.error_message).toMatch(/^Model failed to load: /);
    const project = await wire.send('GET', `/api/projects/${own.project_id}`);
    expect(project.body.project.production_deployment_id).toBe(first);
    const other = await wire.deploy(own.project_id, (await wire.ready(undefined, own.project_id)).model_id);
    await promote(other);
    expect(await act(first, 'rollback', { body: { to_deployment_id: first } })).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/^Model failed to load: /) },
    });
  });

  test('of a model whose images an older version made compiles them anew', async () => {
    const own = await wire.ready();
    const key = { pk: { S: `P#${own.project_id}` }, sk: { S: `MODEL#${own.model_id}` } };
    const item = wire.table.peek('control', key);
    const images = item?.images;
    await wire.hooks.table.send('PutItem', {
      TableName: 'control',
      Item: { ...item, ...key, images: { NULL: true } },
    });
    for (const file of ['predict', 'explain'])
      expect(wire.store.delete(`models/models/${own.model_id}/v1/${file}.img`)).toBe(true);
    const id = await wire.deploy(own.project_id, own.model_id);
    expect(wire.table.peek('control', key)?.images).toEqual(images);
    const body = { inputs: {}, options: { include_contributions: true } };
    expect((await wire.send('POST', `/api/mlops/deployments/${id}/predict`, { body })).status).toBe(200);
  });

  test('answers these keys and no more', async () => {
    const { body } = await wire.send('GET', `/api/mlops/deployments/${await deployed()}`);
    expect(Object.keys(body)).toEqual(['deployment', 'model']);
    expect(Object.keys(body.deployment).sort()).toEqual([
      'config',
      'created_at',
      'id',
      'is_active',
      'model_id',
      'project_id',
      'stage',
      'status',
    ]);
    expect(Object.keys(body.model).sort()).toEqual(['algo', 'id', 'name', 'version']);
  });
});

describe('promote', () => {
  test.each([
    [{}, is.missing, {}],
    [{ to_stage: null }, is.literal("'production'"), null],
    [{ to_stage: 'staging' }, is.literal("'production'"), 'staging'],
    [{ to_stage: 'PRODUCTION' }, is.literal("'production'"), 'PRODUCTION'],
    [{ to_stage: ['production'] }, is.literal("'production'"), ['production']],
  ])('%j is refused', async (body, words, input) => {
    const got = await act(await deployed(), 'promote', { body });
    expect(spelled(got.body)).toBe(spelled({ detail: [item(words, ['body', 'to_stage'], input)] }));
    expect(got.status).toBe(422);
  });

  test.each([
    ['pending', 'Deployment is pending'],
    ['deploying', 'Deployment is deploying'],
    ['failed', 'Deployment is failed'],
    ['stopped', 'Deployment is stopped'],
    ['archived', 'Deployment is archived, use rollback'],
  ])('of a %s deployment is a conflict', async (life, detail) => {
    const got = await promote(await inLife(life));
    expect([got.status, got.body]).toEqual([409, { detail }]);
  });

  test('of what is in production already changes nothing and answers the same', async () => {
    const id = await deployed({ stage: 'production' });
    const before = wire.kept();
    const got = await promote(id);
    expect([got.status, got.body]).toEqual([
      200,
      { ok: true, deployment_id: id, stage: 'production', archived_deployment_id: null },
    ]);
    expect(wire.kept()).toBe(before);
  });
});

describe('deactivate', () => {
  test.each(['pending', 'deploying'])('of a %s deployment is a conflict', async (life) => {
    const got = await act(await inLife(life), 'deactivate');
    expect([got.status, got.body]).toEqual([409, { detail: `Deployment is ${life}` }]);
  });
  test.each(['active', 'failed', 'stopped', 'archived'])('of a %s deployment is done', async (life) => {
    expect(await act(await inLife(life), 'deactivate')).toMatchObject({ status: 200, body: { ok: true } });
  });
});
