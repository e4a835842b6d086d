import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { install } from '../../adapters/apiKeys.ts';
import { minted, mostLive } from '../../domain/apiKey.ts';
import { idAt } from '../../domain/id.ts';
import { fault } from '../../functions/kit/metrics.ts';
import { is, item, spelled } from './faultItems.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => {
  vi.useRealTimers();
});
const make = (body: object = {}) =>
  wire.send('POST', '/api/auth/api-keys', { body: { name: 'k', scopes: ['read'], ...body } });

describe('a key ends', () => {
  test('never before it was made', async () => {
    for (const expires_at of ['2020-01-01T00:00:00Z', new Date().toISOString()]) {
      const { status, body } = await make({ expires_at });
      const words = is.value('A key cannot have expired already');
      expect([status, spelled(body)]).toEqual([
        422,
        spelled({ detail: [item(words, ['body', 'expires_at'], expires_at)] }),
      ]);
    }
  });
});

describe('a thousand keys may be live', () => {
  const wanted = { name: 'n', scopes: [], kind: 'user' as const, roles: [], project_ids: null };
  /** So many keys, beside the one of the installation. */
  const fill = async (many: number, expires_at: string | null = null) => {
    const ids: string[] = [];
    for (let i = 0; i < many; i++) {
      const id = idAt(Date.now(), Buffer.from(i.toString(16).padStart(20, '0'), 'hex'));
      const { key, digest } = minted(
        { ...wanted, expires_at },
        { id, by: 'x', at: '2026-01-01T00:00:00Z' },
        Buffer.alloc(24),
      );
      await install(key, digest);
      ids.push(id);
    }
    return ids;
  };

  test('and no more; one that is revoked makes room', async () => {
    const [first] = await fill(mostLive - 2);
    expect((await make()).status).toBe(201);
    const refused = await make();
    expect([refused.status, refused.body]).toEqual([
      409,
      { detail: 'There are 1,000 live API keys: revoke one first' },
    ]);
    await wire.send('DELETE', `/api/auth/api-keys/${first}`);
    expect((await make()).status).toBe(201);
  });

  test('beside any number that have ended', async () => {
    await fill(mostLive, '2026-01-01T00:00:01Z');
    expect((await make()).status).toBe(201);
    const { body } = await wire.send('GET', '/api/auth/api-keys?limit=500&offset=500');
    expect([body.total, body.items.length]).toEqual([mostLive + 2, 500]);
  });
});

test('when a key was last used is written once an hour, however often it is', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { key } = (await make()).body;
  const use = async (later: number) => {
    vi.setSystemTime(Date.now() + later);
    await wire.send('GET', '/api/projects', { key });
    return (await wire.send('GET', '/api/auth/api-keys?limit=1')).body.items[0].last_used_at;
  };
  const first = await use(0);
  expect(await use(61_000)).toBe(first);
  expect(await use(3_530_000)).toBe(first);
  expect(await use(61_000)).not.toBe(first);
});

test('a key or a token that a library puts into its words is not printed with them', () => {
  const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
  const before = wire.printed.length;
  fault('predict', new Error(`cannot send authorization: Bearer ${wire.key}, nor ${token}, nor bearer abc`));
  const printed = wire.printed.slice(before).join('');
  expect(JSON.parse(printed).message).toBe(
    'cannot send authorization: (credential), nor (credential), nor (credential)',
  );
  expect(printed).not.toMatch(/slw_|eyJ|abc/);
});
