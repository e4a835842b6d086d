import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../contracts/route.ts';
import { routes as every } from '../../contracts/routes.ts';
import { refusal } from './support/refusals.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

const routes: readonly Route[] = every;
const guarded = routes.filter(({ scope }) => scope !== 'public').map((route) => [route.id, route] as const);
const scopes = ['read', 'write', 'predict', 'admin'];

let wire: Wire;
const with_: Record<string, string> = {};
beforeAll(async () => {
  wire = await openWire();
  for (const scope of scopes) with_[scope] = await wire.keyWith({ scopes: [scope] });
});

const target = ({ path }: Route) => path.replaceAll(/\{\w+\}/g, noId);

describe.each(guarded)('%s', (_, route) => {
  test('asks first who calls, whatever else is wrong', async () => {
    const got = await wire.send(route.method, target(route), { key: null, raw: 'x'.repeat(2_000_000) });
    expect([got.status, got.body]).toEqual([401, refusal(route.dialect, 'noKey')]);
    expect(got.headers['www-authenticate']).toBe('Bearer');
  });

  test('then what the key allows, whatever else is wrong', async () => {
    for (const scope of scopes.filter((one) => one !== route.scope)) {
      const key = with_[scope];
      const got = await wire.send(route.method, target(route), { key, raw: 'x'.repeat(2_000_000) });
      expect([got.status, got.body], scope).toEqual([
        ...[403, refusal(route.dialect, 'noScope', route.scope)],
      ]);
    }
  });

  // The live dialect looks for its object before it reads a body.
  if (route.dialect !== 'live')
    test('then how large the body is, whatever it holds', async () => {
      const got = await wire.send(route.method, target(route), { raw: '['.repeat(1_100_000) });
      expect([got.status, got.body]).toEqual([413, refusal(route.dialect, 'tooLarge')]);
    });
});

const reading = guarded.filter(([, { body, dialect }]) => body && dialect !== 'live');
test.each(reading)('%s reads JSON before it reads its path', async (_, route) => {
  const path = route.path.replaceAll(/\{\w+\}/g, 'not-an-id');
  const got = await wire.send(route.method, path, { raw: '{' });
  expect([got.status, got.body.detail.map((f: { type: string }) => f.type)]).toEqual([422, ['json_invalid']]);
});

test('an Idempotency-Key of the wrong form comes after a wrong body, and before the object', async () => {
  const path = `/api/mlops/deployments/${noId}/promote`;
  const headers = { 'idempotency-key': 'ä' };
  expect((await wire.send('POST', path, { headers, body: {} })).status).toBe(422);
  expect((await wire.send('POST', path, { headers, body: { to_stage: 'production' } })).status).toBe(400);
});

test('the object comes before its state: create', async () => {
  const { project_id, model_id } = await wire.ready();
  const make = (project: string, model: string) =>
    wire.send('POST', `/api/mlops/projects/${project}/deployments`, {
      body: { model_id: model, name: 'd', stage: 'staging' },
    });
  const registered = await wire.send('POST', '/api/models', { body: { project_id, name: 'order' } });
  expect((await make(noId, noId)).body).toEqual({ detail: 'Project not found' });
  expect((await make(project_id, noId)).body).toEqual({ detail: 'Model not found' });
  expect(await make(project_id, registered.body.id)).toMatchObject({
    status: 409,
    body: { detail: 'Model is not ready' },
  });
  expect((await make(project_id, model_id)).status).toBe(201);
});

test('a revision that has passed comes before the state', async () => {
  const { project_id, model_id } = await wire.ready();
  const id = await wire.deploy(project_id, model_id);
  await wire.send('POST', `/api/mlops/deployments/${id}/deactivate`);
  const promote = (etag: string) =>
    wire.send('POST', `/api/mlops/deployments/${id}/promote`, {
      headers: { 'if-match': etag },
      body: { to_stage: 'production' },
    });
  expect((await promote('"1"')).status).toBe(412);
  expect((await promote('"3"')).status).toBe(409);
});
