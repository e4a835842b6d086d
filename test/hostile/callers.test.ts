import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import { refusal } from '../functions/support/refusals.ts';
import { type Hostile, mark, noId, openHostile } from './support/refused.ts';

let wire: Hostile;
let project_id: string;
let model_id: string;
let deployment: string;
beforeAll(async () => {
  vi.stubEnv('REQUESTS_PER_SECOND', '0');
  wire = await openHostile();
  ({ project_id, model_id } = await wire.ready());
  deployment = await wire.deploy(project_id, model_id);
});
afterAll(() => wire.silent());

const denied = (authorization: string) =>
  wire.refused(401, 'GET', '/api/projects', { key: null, headers: { authorization } });
const body401 = { detail: 'Not authenticated' };

test('H1: nobody is let in without a key, on any route', async () => {
  const guarded = routes.filter(({ scope }) => scope !== 'public');
  expect(guarded.length).toBeGreaterThan(15);
  for (const { method, path, dialect } of guarded) {
    const got = await wire.refused(401, method, path.replaceAll(/\{\w+\}/g, noId), { key: null });
    expect([got.body, got.headers['www-authenticate']]).toEqual([refusal(dialect, 'noKey'), 'Bearer']);
  }
});

test('H2: an empty key, another scheme and two headers are refused; the scheme in small letters is not', async () => {
  for (const value of [
    'Bearer ',
    'Bearer',
    '',
    `Basic ${wire.key}`,
    `Bearer ${wire.key}, Bearer ${wire.key}`,
    `Bearer  ${wire.key}`,
    `Bearer ${wire.key} x`,
    `${wire.key}`,
  ])
    await denied(value);
  const small = await wire.send('GET', '/api/projects', {
    key: null,
    headers: { authorization: `bearer ${wire.key}` },
  });
  expect(small.status).toBe(200);
});

test('H3: a key with a bad checksum is refused without a single read', async () => {
  const wrong = `${wire.key.slice(0, -1)}${wire.key.endsWith('0') ? '1' : '0'}`;
  wire.asked();
  for (const key of [
    wrong,
    wire.key.slice(0, -1),
    `${wire.key}0`,
    wire.key.toUpperCase(),
    'slw_',
    'x'.repeat(12_000),
  ])
    await denied(`Bearer ${key}`);
  expect(wire.asked()).toBe(0);
});

test('H4, H5, H6: a wrong secret, an unknown key, a revoked and an expired one are refused alike, after one read', async () => {
  const { minted } = await import('../../domain/apiKey.ts');
  const id = (await wire.send('GET', '/api/auth/api-keys')).body.items.at(-1).id;
  const wanted = {
    name: 'n',
    scopes: [],
    kind: 'user' as const,
    roles: [],
    project_ids: null,
    expires_at: null,
  };
  const spell = (of: string) =>
    minted(wanted, { id: of, by: 'x', at: '2026-01-01T00:00:00Z' }, Buffer.alloc(24, 7)).spelled;
  const make = (more: object) =>
    wire.send('POST', '/api/auth/api-keys', { body: { name: 'k', scopes: ['read'], ...more } });
  const revoked = (await make({})).body;
  await wire.send('DELETE', `/api/auth/api-keys/${revoked.id}`);
  const expired = (await make({ expires_at: new Date(Date.now() + 1_000).toISOString() })).body;
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 1_001);
  for (const key of [spell(id), spell(noId), revoked.key, expired.key]) {
    wire.asked();
    expect((await denied(`Bearer ${key}`)).body).toEqual(body401);
    expect(wire.asked()).toBe(1);
  }
  vi.useRealTimers();
});

test('H7: a key in the query or in the body lets nobody in, and is not printed', async () => {
  await wire.refused(401, 'GET', `/api/projects?key=${wire.key}&authorization=Bearer%20${wire.key}`, {
    key: null,
  });
  await wire.refused(401, 'POST', '/api/projects', {
    key: null,
    body: { name: 'x', key: wire.key, authorization: `Bearer ${wire.key}` },
  });
});

test('H8 to H17: where no issuer is configured every token is refused, whatever it says of itself', async () => {
  const token = (header: object, claims: object) =>
    [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  for (const header of [
    { alg: 'none' },
    { alg: 'nOnE' },
    { alg: 'HS256' },
    { alg: 'RS256', jku: 'https://evil.example' },
    { kid: '../../dev/null' },
  ])
    await denied(`Bearer ${token(header, { sub: mark, exp: 9e9 })}.c2ln`);
  await denied(`Bearer ${'a.'.repeat(6000)}`);
});

test('H18: what is remembered of a key are facts: a reading key does not promote after it has read', async () => {
  const key = await wire.keyWith({ scopes: ['read'] });
  expect((await wire.send('GET', `/api/mlops/deployments/${deployment}`, { key })).status).toBe(200);
  const got = await wire.refused(403, 'POST', `/api/mlops/deployments/${deployment}/promote`, {
    key,
    body: { to_stage: 'production' },
  });
  expect(got.body).toEqual({ detail: 'Missing scope: write' });
});

test('H19: a key revoked while it is remembered works for a minute and no longer', async () => {
  const made = await wire.send('POST', '/api/auth/api-keys', { body: { name: 'k', scopes: ['read'] } });
  const use = async () => (await wire.send('GET', '/api/projects', { key: made.body.key })).status;
  expect(await use()).toBe(200);
  await wire.send('DELETE', `/api/auth/api-keys/${made.body.id}`);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 60_001);
  expect(await use()).toBe(401);
  vi.useRealTimers();
});

test('H20: identities claimed in headers and bodies are ignored', async () => {
  const claims = {
    'x-forwarded-user': 'admin',
    'x-nmp-principal-id': 'admin',
    'x-amzn-request-context': '{}',
    'x-scopes': 'admin',
  };
  await wire.refused(401, 'GET', '/api/projects', { key: null, headers: claims });
  const key = await wire.keyWith({ scopes: ['read'] });
  await wire.refused(403, 'POST', '/api/projects', {
    key,
    headers: claims,
    body: { name: 'x', caller: { scopes: ['write'] }, requestContext: { authorizer: {} } },
  });
});
