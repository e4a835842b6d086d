import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ridOf } from '../../domain/live/rid.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
let model_id: string;
let model: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
  model = (await wire.send('GET', `/api/models/${model_id}`)).body.model.name;
});
afterEach(() => {
  vi.useRealTimers();
});

const place = (name: string, rest = '') =>
  `/api/models/${encodeURIComponent(model)}/deployments/${name}${rest}`;
const put = (name: string, allowed_roles: unknown, key?: string) =>
  wire.send('PUT', place(name, '/allowed_roles'), { body: { allowed_roles }, key });
const user = (roles: string[] = []) =>
  wire.keyWith({ kind: 'user', roles, scopes: ['read', 'write', 'predict'] });
const live = (id: string, rest = '') =>
  `/api/v2/models/liveDeployments/${ridOf('deployment', id)}${rest}?preview=true`;

/** What roles are asked for on a deployment that serves, in every dialect. */
const gated = (name: string, id: string): [string, string, object?][] => [
  ['POST', `/api/mlops/deployments/${id}/predict`, { inputs: {} }],
  ['POST', live(id, '/transformJson'), { input: { input_df: [{}] } }],
  ['PUT', place(name, '/allowed_roles'), { allowed_roles: ['sales'] }],
  ['PUT', live(id), { runtimeConfiguration: { minReplicas: 0, maxReplicas: 1 } }],
  ['POST', live(id, '/disable')],
  ['POST', live(id, '/start')],
  ['POST', place(name, '/stop')],
  ['POST', place(name, '/start')],
  ['DELETE', place(name)],
  ['POST', `/api/mlops/deployments/${id}/deactivate`],
];
const forbidden = (path: string) =>
  path.startsWith('/api/v2/')
    ? expect.objectContaining({ errorCode: 'PERMISSION_DENIED', errorName: 'ApiUsageDenied' })
    : { detail: 'Role not allowed' };

describe('an online deployment', () => {
  test('is made without roles, and is everybody’s whose project it is', async () => {
    const id = await wire.deploy(project_id, model_id, { name: 'open' });
    expect((await wire.send('GET', place('open'))).body.allowed_roles).toBeNull();
    const key = await user();
    const [method, path, body] = gated('open', id)[0] ?? ['', ''];
    expect((await wire.send(method, path, { body, key })).status).toBe(200);
  });

  test('keeps its roles where a rollback to a model makes another one in its place', async () => {
    const id = await wire.deploy(project_id, model_id, { name: 'gated' });
    await put('gated', ['ops']);
    const back = await wire.send('POST', `/api/mlops/deployments/${id}/rollback`, {
      body: { to_model_id: model_id },
    });
    expect(back.status).toBe(200);
    expect((await wire.send('GET', place('gated'))).body).toMatchObject({
      deployment_id: back.body.deployment_id,
      allowed_roles: ['ops'],
    });
  });

  test.each([
    ['a list', ['ops', 'dev']],
    ['an empty list, which leaves platform keys alone', []],
  ])(
    'with %s refuses a user without one of them, in every dialect, and changes nothing',
    async (what, roles) => {
      const name = `r${what.length}`;
      const id = await wire.deploy(project_id, model_id, { name });
      const got = await put(name, roles);
      expect([got.status, got.body.allowed_roles]).toEqual([200, roles]);
      const key = await user(['sales']);
      const before = wire.kept();
      for (const [method, path, body] of gated(name, id)) {
        const refused = await wire.send(method, path, { body, key });
        expect([refused.status, refused.body], path).toEqual([403, forbidden(path)]);
      }
      expect(wire.kept()).toBe(before);
      // Who may read still reads.
      for (const path of [place(name), live(id), `/api/mlops/deployments/${id}`])
        expect((await wire.send('GET', path, { key })).status).toBe(200);
    },
  );

  test('with a list lets a user with one of them and every platform key in', async () => {
    const id = await wire.deploy(project_id, model_id, { name: 'ours' });
    await put('ours', ['dev', 'ops']);
    const path = `/api/mlops/deployments/${id}/predict`;
    const key = await user(['ops']);
    expect((await wire.send('POST', path, { body: { inputs: {} }, key })).status).toBe(200);
    expect((await wire.send('POST', path, { body: { inputs: {} } })).status).toBe(200);
    // Who holds one may change them, and shut himself out; what runs is told within seconds.
    expect((await put('ours', ['dev'], key)).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 5_001);
    expect((await wire.send('POST', path, { body: { inputs: {} }, key })).status).toBe(403);
    expect((await put('ours', null, key)).status).toBe(403);
    expect((await put('ours', null)).body.allowed_roles).toBeNull();
    vi.setSystemTime(Date.now() + 5_001);
    expect((await wire.send('POST', path, { body: { inputs: {} }, key })).status).toBe(200);
  });

  test('keeps its roles when it is promoted, stopped and started again', async () => {
    const id = await wire.deploy(project_id, model_id, { name: 'kept' });
    await put('kept', ['ops']);
    await wire.send('POST', `/api/mlops/deployments/${id}/promote`, { body: { to_stage: 'production' } });
    for (const rest of ['/stop', '/start']) await wire.send('POST', place('kept', rest));
    expect((await wire.send('GET', place('kept'))).body).toMatchObject({
      status: 'active',
      allowed_roles: ['ops'],
    });
  });

  test('an older revision does not replace them', async () => {
    await wire.deploy(project_id, model_id, { name: 'revised' });
    const { headers } = await wire.send('GET', place('revised'));
    const send = () =>
      wire.send('PUT', place('revised', '/allowed_roles'), {
        body: { allowed_roles: ['a'] },
        headers: { 'if-match': headers.etag ?? '' },
      });
    expect([(await send()).status, (await send()).status]).toEqual([200, 412]);
  });
});
