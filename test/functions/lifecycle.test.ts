import { beforeAll, expect, test, vi } from 'vitest';
import { createWorld, type World, withModel } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  world = await createWorld();
});

const deploy = async (project_id: string, model_id: string, stage = 'staging', name = 'd') =>
  (await world.call('createDeployment', { params: { project_id }, body: { model_id, name, stage } })).body;
const promote = (deployment_id: string) =>
  world.call('promoteDeployment', { params: { deployment_id }, body: { to_stage: 'production' } });

test('a staging deployment answers 201, is active and stays in staging', async () => {
  const { project_id, model_id } = await withModel(world);
  const { status, body, headers } = await world.call('createDeployment', {
    params: { project_id },
    body: { model_id, name: 'fraud', stage: 'staging' },
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({ id: body.deployment_id, stage: 'staging', is_active: true, status: 'active' });
  expect(headers['x-operation-id']).toBeDefined();
  const shown = await world.call('getDeployment', { params: { deployment_id: body.id } });
  expect(shown.body.deployment).toMatchObject({
    model_id,
    project_id,
    config: { name: 'fraud', traffic_percent: 100 },
  });
  expect(shown.headers.etag).toBe('"2"');
  const job = await world.call('getJob', { params: { job_id: headers['x-operation-id'] ?? '' } });
  expect(job.body.job).toMatchObject({ type: 'deploy', status: 'succeeded', deployment_id: body.id });
});

test('a promotion archives the one before, and says which', async () => {
  const { project_id, model_id } = await withModel(world);
  const first = await deploy(project_id, model_id, 'production');
  const second = await deploy(project_id, model_id);
  expect((await promote(second.id)).body).toEqual({
    ok: true,
    deployment_id: second.id,
    stage: 'production',
    archived_deployment_id: first.id,
  });
  const { body } = await world.call('listDeployments', { params: { project_id } });
  expect(body.items.map((d: { id: string; stage: string }) => [d.id, d.stage])).toEqual([
    [second.id, 'production'],
    [first.id, 'archived'],
  ]);
  expect(body.total).toBe(2);
  expect((await promote(second.id)).status).toBe(200);
  expect(await promote(first.id)).toMatchObject({
    status: 409,
    body: { detail: 'Deployment is archived, use rollback' },
  });
});

test('predict answers, explains and logs', async () => {
  const { project_id, model_id } = await withModel(world);
  const { id } = await deploy(project_id, model_id);
  const { body: answer } = await world.call('predict', {
    params: { deployment_id: id },
    body: { inputs: [{}, { a: 1 }], options: { include_contributions: true } },
  });
  expect(answer.predictions).toHaveLength(2);
  expect(answer.contributions[0].at(-1).feature).toBe('BiasTerm');
  const logs = await world.call('listInferenceLogs', { params: { deployment_id: id } });
  expect(logs.body).toMatchObject({ total: 2, next_cursor: null });
  expect(logs.body.items.map((l: { id: string }) => l.id)).toEqual(answer.log_ids.toReversed());
});

test('the same key and request is done once and answered twice', async () => {
  const headers = { 'idempotency-key': 'k1' };
  const ask = () => world.call('createProject', { body: { name: 'idempotent' }, headers });
  const [first, second] = [await ask(), await ask()];
  expect(first.status).toBe(201);
  expect(second).toMatchObject({
    status: 201,
    body: first.body,
    headers: { 'idempotency-replayed': 'true' },
  });
  const other = await world.call('createProject', { body: { name: 'another' }, headers });
  expect(other).toMatchObject({
    status: 422,
    body: { detail: 'Idempotency-Key was used with another request' },
  });
});
