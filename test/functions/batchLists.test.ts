import { beforeAll, describe, expect, test } from 'vitest';
import { type Batching, openBatch } from './support/batching.ts';

let batch: Batching;
beforeAll(async () => {
  batch = await openBatch();
});

describe('an online deployment', () => {
  let id: string;
  let own: string;
  beforeAll(async () => {
    own = await batch.model();
    const { body } = await batch.send(
      'GET',
      `/api/models?project_id=${batch.project_id}&search=${encodeURIComponent(own)}`,
    );
    id = await batch.deploy(batch.project_id, body.items[0].id, { name: 'on line' });
  });
  const place = (rest = '') => batch.path(own, `/on%20line${rest}`);

  test('is shown in the same shape, with the address of its predictions', async () => {
    const got = await batch.send('GET', place(), { headers: { host: 'api.example.com' } });
    const project = await batch.send('GET', `/api/projects/${batch.project_id}`);
    expect(got.body).toEqual({
      deployment_id: id,
      name: 'on line',
      type: 'online',
      status: 'active',
      domain: project.body.project.name,
      owner: expect.stringMatching(/^key:/),
      model: { model_name: own, model_version: '1', model_alias: null },
      created_at: got.body.created_at,
      updated_at: got.body.updated_at,
      resolved_model_version: '1',
      dag_id: null,
      dag_s3_uri: null,
      schedule: null,
      last_run: null,
      service_url: `https://api.example.com/api/mlops/deployments/${id}/predict`,
      replica_count: null,
      ready_replicas: null,
      allowed_roles: null,
      error_message: null,
      stopped_at: null,
    });
  });

  test('has no runs and is not triggered', async () => {
    const body = { airflow_run_id: 'r', status: 'queued' };
    const all = await Promise.all([
      batch.send('POST', place('/trigger')),
      batch.send('GET', place('/runs')),
      batch.send('POST', place('/runs'), { body }),
    ]);
    for (const got of all)
      expect([got.status, got.body]).toEqual([409, { detail: "Deployment 'on line' is online" }]);
  });

  test('stops serving, serves again, and is archived', async () => {
    const predict = () =>
      batch.send('POST', `/api/mlops/deployments/${id}/predict`, { body: { inputs: {} } });
    expect((await batch.send('POST', place('/stop'))).body).toMatchObject({
      type: 'online',
      status: 'stopped',
    });
    expect((await batch.send('POST', place('/start'))).body.status).toBe('active');
    expect((await predict()).status).toBe(200);
    expect((await batch.send('DELETE', place())).body.status).toBe('archived');
    const { body } = await batch.send('GET', `/api/mlops/deployments/${id}`);
    expect(body.deployment).toMatchObject({ stage: 'archived', is_active: false });
  });
});

describe('the list of a model', () => {
  let own: string;
  const list = async (query = '') => (await batch.send('GET', `${batch.path(own)}${query}`)).body;
  const namesOf = async (query = '') => (await list(query)).items.map(({ name }: { name: string }) => name);
  beforeAll(async () => {
    own = await batch.model();
    const { body } = await batch.send(
      'GET',
      `/api/models?project_id=${batch.project_id}&search=${encodeURIComponent(own)}`,
    );
    await batch.created(own, { name: 'one' });
    await batch.deploy(batch.project_id, body.items[0].id, { name: 'two' });
    await batch.created(own, { name: 'three' });
    await batch.created(own, { name: 'gone' });
    await batch.send('DELETE', batch.path(own, '/gone'));
  });

  test('holds what is of this model, newest first, archived ones where they are asked for', async () => {
    expect(await namesOf()).toEqual(['three', 'two', 'one']);
    expect(await namesOf('?type=batch')).toEqual(['three', 'one']);
    expect(await namesOf('?type=online')).toEqual(['two']);
    expect(await namesOf('?status=archived')).toEqual(['gone']);
    expect(await namesOf('?status=failed')).toEqual([]);
    expect(await list('?limit=1&offset=1')).toMatchObject({
      total: 3,
      limit: 1,
      offset: 1,
      items: [{ name: 'two' }],
    });
  });

  test('shows each as it is shown alone', async () => {
    const { items } = await list('?type=batch');
    expect(items[0]).toEqual((await batch.send('GET', batch.path(own, '/three'))).body);
  });

  test.each([
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?status=gone', 'status'],
    ['?type=external', 'type'],
  ])('%s is refused', async (query, field) => {
    const got = await batch.send('GET', `${batch.path(own)}${query}`);
    expect([got.status, got.body.detail[0].loc]).toEqual([422, ['query', field]]);
  });
});
