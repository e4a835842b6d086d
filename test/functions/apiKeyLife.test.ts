import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
});
afterEach(() => {
  vi.useRealTimers();
});
const make = (body: object, key?: string) =>
  wire.send('POST', '/api/auth/api-keys', {
    body: { name: 'k', scopes: ['read'], ...body },
    ...(key && { key }),
  });
describe('revoking', () => {
  test('an unknown key is not found, a revoked one is revoked', async () => {
    const { id } = (await make({})).body;
    const revoke = (of: string) => wire.send('DELETE', `/api/auth/api-keys/${of}`);
    expect(await revoke(noId)).toMatchObject({ status: 404, body: { detail: 'API key not found' } });
    expect(await revoke(id)).toMatchObject({ status: 200, body: { ok: true } });
    const once = wire.kept();
    expect(await revoke(id)).toMatchObject({ status: 200, body: { ok: true } });
    expect(wire.kept()).toBe(once);
  });

  test('ends a key at once where nobody knew it, and after a minute where it was known', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const [known, fresh] = [(await make({})).body, (await make({})).body];
    const use = async ({ key }: { key: string }) => (await wire.send('GET', '/api/projects', { key })).status;
    expect(await use(known)).toBe(200);
    for (const { id } of [known, fresh]) await wire.send('DELETE', `/api/auth/api-keys/${id}`);
    expect([await use(known), await use(fresh)]).toEqual([200, 401]);
    vi.setSystemTime(Date.now() + 59_000);
    expect(await use(known)).toBe(200);
    vi.setSystemTime(Date.now() + 1_500);
    expect(await use(known)).toBe(401);
  });
});

test('a key ends when it says so, however well it is known', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { key } = (await make({ expires_at: new Date(Date.now() + 10_000).toISOString() })).body;
  const use = async () => (await wire.send('GET', '/api/projects', { key })).status;
  expect(await use()).toBe(200);
  vi.setSystemTime(Date.now() + 10_001);
  expect(await use()).toBe(401);
});

test('any case of the scheme word is accepted', async () => {
  for (const word of ['bearer', 'BEARER', 'BeArEr']) {
    const got = await wire.send('GET', '/api/projects', {
      key: null,
      headers: { authorization: `${word} ${wire.key}` },
    });
    expect(got.status).toBe(200);
  }
});

test('one key reads and predicts, and creates nothing', async () => {
  const key = await wire.keyWith({ scopes: ['read', 'predict'] });
  expect((await wire.send('GET', '/api/models', { key })).status).toBe(200);
  const refused = await wire.send('POST', '/api/projects', { key, body: { name: 'x' } });
  expect([refused.status, refused.body]).toEqual([403, { detail: 'Missing scope: write' }]);
});
