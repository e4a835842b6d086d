import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../contracts/routes.ts';
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

test('H21: what belongs to another project is answered like what does not exist, on every route', async () => {
  const key = await wire.keyWith({ scopes: ['read', 'write', 'predict', 'admin'], project_ids: [noId] });
  const job = (await create201()).headers['x-operation-id'];
  const model = (await wire.send('GET', `/api/models/${model_id}`)).body.model.name;
  const own: Record<string, string> = {
    project_id,
    model_id,
    deployment_id: deployment,
    job_id: job ?? '',
    name: encodeURIComponent(model),
    alias: 'champion',
    model: encodeURIComponent(model),
  };
  const bodies: Record<string, object> = {
    createDeployment: { model_id, name: 'd', stage: 'staging' },
    registerModel: { project_id, name: mark },
    putAlias: { version: '1' },
    promoteDeployment: { to_stage: 'production' },
    rollbackDeployment: { to_model_id: model_id },
    predict: { inputs: {} },
    reportActuals: { actuals: [{ id: noId, actual: 1 }] },
    createBatchDeployment: wanted,
    putAllowedRoles: { allowed_roles: [] },
    reportRun: { airflow_run_id: 'r', status: 'queued' },
  };
  // Workspaces are asked for by names, live deployments by identifiers: their own tests find that a foreign one is like none.
  const naming = routes.filter(
    ({ id, dialect, path }) =>
      (path.includes('{') || id === 'registerModel') &&
      !path.includes('api_key') &&
      !['workspaces', 'live'].includes(dialect),
  );
  for (const { id, dialect, method, path } of naming) {
    const body = bodies[id] && { body: bodies[id] };
    const filled = (from: (name: string) => string) => path.replaceAll(/\{(\w+)\}/g, (_, name) => from(name));
    const foreign = await wire.refused(
      404,
      method,
      filled((name) => own[name] ?? ''),
      { ...body, key },
    );
    const none = (name: string) => (['name', 'alias', 'model'].includes(name) ? 'nobody' : noId);
    const unknown = {
      ...body?.body,
      ...(id === 'registerModel' && { project_id: '00000000-0000-4000-8000-000000000009' }),
    };
    const missing = await wire.refused(404, method, filled(none), { ...(body && { body: unknown }), key });
    // In this dialect the answer says the name that was asked for.
    const said = (body: unknown) =>
      dialect === 'batch' ? JSON.stringify(body).replace(/'[^']*'/, '') : body;
    if (id !== 'createDeployment' && id !== 'listDeployments' && id !== 'getProject')
      expect(said(missing.body), id).toEqual(said(foreign.body));
  }
  expect((await wire.send('GET', '/api/models', { key })).body.items).toEqual([]);
  expect((await wire.send('GET', '/api/projects', { key })).body.items).toEqual([]);
  await wire.refused(404, 'GET', `/api/models?project_id=${project_id}`, { key });
});
const create201 = () =>
  wire.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
    body: { model_id, name: 'd', stage: 'staging' },
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
