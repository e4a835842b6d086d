import { beforeAll, expect, test } from 'vitest';
import type { Sent, Wire } from './support/wire.ts';
import { noId, openWire } from './support/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
});

type Ask = [method: string, path: string, sent?: Sent];
/** One request for each route that may be repeated, made when the test comes to it. */
const asks: [id: string, ask: () => Promise<Ask>][] = [
  ['createProject', async () => ['POST', '/api/projects', { body: { name: 'repeats' } }]],
  [
    'registerModel',
    async () => [
      'POST',
      '/api/models',
      { body: { project_id: (await wire.ready()).project_id, name: 'repeats' } },
    ],
  ],
  ['completeModel', async () => ['POST', `/api/models/${await uploaded()}/complete`]],
  [
    'putAlias',
    async () => ['PUT', `/api/models/${await named()}/aliases/champion`, { body: { version: '1' } }],
  ],
  ['deleteAlias', async () => ['DELETE', `/api/models/${await named(true)}/aliases/champion`]],
  [
    'createDeployment',
    async () => {
      const { project_id, model_id } = await wire.ready();
      return [
        'POST',
        `/api/mlops/projects/${project_id}/deployments`,
        { body: { model_id, name: 'd', stage: 'production' } },
      ];
    },
  ],
  [
    'promoteDeployment',
    async () => [
      'POST',
      `/api/mlops/deployments/${await deployed()}/promote`,
      { body: { to_stage: 'production' } },
    ],
  ],
  [
    'rollbackDeployment',
    async () => {
      const { project_id, model_id } = await wire.ready();
      const id = await wire.deploy(project_id, model_id);
      return ['POST', `/api/mlops/deployments/${id}/rollback`, { body: { to_model_id: model_id } }];
    },
  ],
  ['deactivateDeployment', async () => ['POST', `/api/mlops/deployments/${await deployed()}/deactivate`]],
  ['createApiKey', async () => ['POST', '/api/auth/api-keys', { body: { name: 'k', scopes: ['read'] } }]],
  [
    'revokeApiKey',
    async () => {
      const made = await wire.send('POST', '/api/auth/api-keys', { body: { name: 'k', scopes: ['read'] } });
      return ['DELETE', `/api/auth/api-keys/${made.body.id}`];
    },
  ],
];

async function deployed(): Promise<string> {
  const { project_id, model_id } = await wire.ready();
  return wire.deploy(project_id, model_id);
}
async function uploaded(): Promise<string> {
  const { project_id, model_id } = await wire.ready();
  const { body } = await wire.send('POST', '/api/models', { body: { project_id, name: `m ${model_id}` } });
  const bytes = wire.store.get(`models/models/${model_id}/artifact`);
  wire.store.set(`models/uploads/${body.id}/artifact`, bytes ?? Buffer.alloc(0));
  return body.id;
}
async function named(alias = false): Promise<string> {
  const { model_id } = await wire.ready();
  const { body } = await wire.send('GET', `/api/models/${model_id}`);
  const name = encodeURIComponent(body.model.name);
  if (alias) await wire.send('PUT', `/api/models/${name}/aliases/champion`, { body: { version: '1' } });
  return name;
}

test.each(asks)('%s is done once, and its repeat gets the same answer to the letter', async (id, ask) => {
  const [method, path, sent] = await ask();
  const headers = { 'idempotency-key': `once ${id}` };
  const first = await wire.send(method, path, { ...sent, headers });
  const before = wire.kept();
  const again = await wire.send(method, path, { ...sent, headers });
  expect([200, 201]).toContain(first.status);
  expect(again.status).toBe(first.status);
  const { key: _, ...rest } = first.body;
  expect(again.body).toEqual(first.body.key ? { ...rest, key: null } : first.body);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(wire.kept()).toBe(before);
});

test('a key is shown once: its repeat is told everything but the key, and nothing keeps it', async () => {
  const sent = { body: { name: 'k', scopes: ['read'] }, headers: { 'idempotency-key': 'a key' } };
  const first = await wire.send('POST', '/api/auth/api-keys', sent);
  const again = await wire.send('POST', '/api/auth/api-keys', sent);
  expect([first.body.key.slice(0, 4), again.body.key]).toEqual(['slw_', null]);
  const everything = JSON.stringify([wire.kept(), wire.table.items('idempotency'), wire.printed]);
  expect(everything).not.toContain(first.body.key);
  expect(everything).not.toContain(first.body.key.slice(31, 63));
});

test('an answer of a change that failed by our own fault is not kept', async () => {
  const sent = {
    body: { model_id: noId, name: 'd', stage: 'staging' },
    headers: { 'idempotency-key': 'failing' },
  };
  const { project_id } = await wire.ready();
  const path = `/api/mlops/projects/${project_id}/deployments`;
  wire.hooks.around = async ({ command }, run) => {
    if (command === 'GetItem') throw new Error('the table is away');
    return run();
  };
  const first = await wire.send('POST', path, sent);
  wire.hooks.around = (_, run) => run();
  expect([first.status, first.body]).toEqual([500, { detail: 'An unexpected error occurred.' }]);
  expect(await wire.send('POST', path, sent)).toMatchObject({ status: 404, headers: {} });
});
