import { beforeAll, expect, test } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
});

test.each([undefined, null])('healthz answers anybody and touches nothing', async (key) => {
  wire.asked();
  const got = await wire.send(
    'GET',
    '/healthz',
    key === null ? { key, headers: { authorization: 'Bearer x' } } : {},
  );
  expect([got.status, got.body]).toEqual([200, { status: 'ok', version: project.version }]);
  expect(wire.asked()).toBe(0);
});

test('openapi.json answers anybody', async () => {
  const { status, body } = await wire.send('GET', '/openapi.json', { key: null });
  expect([status, body.openapi, body.info.version]).toEqual([200, '3.1.0', project.version]);
});

test('a job tells how an operation ended', async () => {
  const { project_id, model_id } = await wire.ready();
  const made = await wire.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
    body: { model_id, name: 'd', stage: 'staging' },
  });
  const id = made.headers['x-operation-id'];
  const { status, body } = await wire.send('GET', `/api/jobs/${id}`);
  expect(status).toBe(200);
  expect(body).toEqual({
    job: {
      id,
      type: 'deploy',
      status: 'succeeded',
      progress: 1,
      result: made.body,
      error: null,
      deployment_id: made.body.id,
      created_at: expect.any(String),
      started_at: expect.any(String),
      finished_at: expect.any(String),
    },
  });
});

test('an unknown job is not found, and neither is one of another project', async () => {
  const { project_id, model_id } = await wire.ready();
  const { headers } = await wire.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
    body: { model_id, name: 'd', stage: 'staging' },
  });
  const key = await wire.keyWith({ project_ids: [noId] });
  const foreign = await wire.send('GET', `/api/jobs/${headers['x-operation-id']}`, { key });
  const unknown = await wire.send('GET', `/api/jobs/${noId}`);
  expect([foreign.status, foreign.body]).toEqual([404, { detail: 'Job not found' }]);
  expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Job not found' }]);
});
