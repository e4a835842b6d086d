import { afterAll, beforeAll, expect, test } from 'vitest';
import { wanted } from '../functions/support/batching.ts';
import { type Hostile, mark, noId, openHostile } from './support/refused.ts';

let wire: Hostile;
let project_id: string;
let model_id: string;
let deployment: string;
beforeAll(async () => {
  wire = await openHostile();
  ({ project_id, model_id } = await wire.ready());
  deployment = await wire.deploy(project_id, model_id);
});
afterAll(() => wire.silent());

test('H21: lists are of the caller’s own projects, and a filter by another project finds none', async () => {
  const key = await wire.keyWith({ scopes: ['read'], project_ids: [noId] });
  expect((await wire.send('GET', '/api/models', { key })).body.items).toEqual([]);
  expect((await wire.send('GET', '/api/projects', { key })).body.items).toEqual([]);
  await wire.refused(404, 'GET', `/api/models?project_id=${project_id}`, { key });
});

test('H22: a deployment in one project of a model of another is not found', async () => {
  const other = await wire.ready();
  const got = await wire.refused(404, 'POST', `/api/mlops/projects/${project_id}/deployments`, {
    body: { model_id: other.model_id, name: 'd', stage: 'staging' },
  });
  expect(got.body).toEqual({ detail: 'Model not found' });
});

test('H27: a reader does not promote, a predictor reads no logs, an admin of one project makes no keys for another', async () => {
  const [reader, predictor] = [
    await wire.keyWith({ scopes: ['read'] }),
    await wire.keyWith({ scopes: ['predict'] }),
  ];
  await wire.refused(403, 'POST', `/api/mlops/deployments/${deployment}/promote`, {
    key: reader,
    body: { to_stage: 'production' },
  });
  await wire.refused(403, 'GET', `/api/mlops/deployments/${deployment}/inference-logs`, { key: predictor });
  const admin = await wire.keyWith({ scopes: ['admin', 'read'], project_ids: [project_id] });
  for (const project_ids of [[noId], null, [project_id, noId]])
    await wire.refused(403, 'POST', '/api/auth/api-keys', {
      key: admin,
      body: { name: mark, scopes: ['read'], project_ids },
    });
});

test('H28: who holds none of its roles does not change them; nobody locks everybody out for good', async () => {
  const { name } = (await wire.send('GET', `/api/models/${model_id}`)).body.model;
  const place = `/api/models/${encodeURIComponent(name)}/deployments`;
  wire.functions.set('checkBatch', async () => ({ outcome: 'passed', reason: '' }));
  await wire.send('POST', place, { body: { ...wanted, allowed_roles: ['ops'] } });
  const online = (await wire.send('GET', `${place}?type=online`)).body.items[0].name;
  await wire.send('PUT', `${place}/${online}/allowed_roles`, { body: { allowed_roles: ['ops'] } });
  const [stranger, holder] = [
    await wire.keyWith({ kind: 'user', roles: ['sales'] }),
    await wire.keyWith({ kind: 'user', roles: ['ops'] }),
  ];
  for (const one of [wanted.name, online]) {
    const path = `${place}/${one}/allowed_roles`;
    const put = (allowed_roles: unknown, key?: string) =>
      wire.send('PUT', path, { body: { allowed_roles }, key });
    const refused = await wire.refused(403, 'PUT', path, {
      key: stranger,
      body: { allowed_roles: ['sales'] },
    });
    expect(refused.body).toEqual({ detail: 'Role not allowed' });
    await wire.refused(422, 'PUT', path, { key: holder, body: { allowed_roles: ['*'] } });
    expect((await put([], holder)).body.allowed_roles).toEqual([]);
    await wire.refused(403, 'PUT', path, { key: holder, body: { allowed_roles: ['ops'] } });
    expect((await put(['ops'])).body.allowed_roles).toEqual(['ops']);
    expect((await put(['ops', 'sales'], holder)).status).toBe(200);
  }
});
