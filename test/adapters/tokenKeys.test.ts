import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { identify } from '../../adapters/tokens/verify.ts';
import { createIssuer, signingKey, type TestIssuer } from '../support/issuer.ts';

const entry = (issuer: string, more: object = {}) => ({
  ...{ issuer, audience: ['slipway'], alsoFor: [], clientIds: [], roles: 'realm_access.roles' },
  grants: { analyst: { scopes: ['read'], projects: 'all' } },
  ...more,
});

let n = 0;
let issuer: TestIssuer;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  // Keys are remembered by the issuer: each test has one of its own.
  issuer = createIssuer(`https://login${++n}.example.com/realms/ml`);
  vi.stubEnv('ISSUERS', JSON.stringify([entry(issuer.issuer)]));
});
afterEach(() => {
  issuer.close();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});
const who = (token: string) => identify(token, Date.now());
const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

describe('keys', () => {
  const tries = () => issuer.state.asked.filter((url) => url === issuer.jwks_uri).length;

  test('are asked for once, however many come, and again after an hour', async () => {
    await Promise.all(Array.from({ length: 20 }, () => who(issuer.token())));
    expect(issuer.state.asked).toEqual([
      `${issuer.issuer}/.well-known/openid-configuration`,
      issuer.jwks_uri,
    ]);
    later(3_599_000);
    await who(issuer.token());
    expect(tries()).toBe(1);
    later(2_000);
    await who(issuer.token());
    expect(tries()).toBe(2);
  });

  test('of an unknown name are asked for once in ten seconds', async () => {
    await who(issuer.token());
    later(10_001);
    for (let i = 0; i < 50; i++) expect(await who(issuer.token({}, { kid: `k${i}` }))).toBeUndefined();
    expect(tries()).toBe(2);
    later(10_001);
    await who(issuer.token({}, { kid: 'k' }));
    expect(tries()).toBe(3);
  });

  test('that were changed are found by their new name, and the old ones no longer count', async () => {
    const old = issuer.token();
    expect(await who(old)).toBeDefined();
    issuer.state.keys = [signingKey('second')];
    later(10_001);
    expect(await who(issuer.token())).toBeDefined();
    expect(await who(old)).toBeUndefined();
  });

  test('stay as they are when nobody answers', async () => {
    expect(await who(issuer.token())).toBeDefined();
    issuer.state.fails = true;
    later(4_000_000);
    expect(await who(issuer.token())).toBeDefined();
    // A document without any key is no reason either.
    Object.assign(issuer.state, { fails: false, keys: [{ ...issuer.state.keys[0], jwk: {} }] });
    later(10_001);
    expect(await who(issuer.token())).toBeDefined();
  });

  test('that nobody has yet and nobody tells are no reason to refuse', async () => {
    issuer.state.fails = true;
    expect(await who(issuer.token())).toBe('unavailable');
    issuer.state.fails = false;
    expect(await who(issuer.token())).toBe('unavailable');
    later(1_001);
    expect(await who(issuer.token())).toBeDefined();
  });

  test.each([
    ['of another issuer', { issuer: 'https://evil.example.com' }],
    ['that leads to a place without TLS', { jwks_uri: 'http://login.example.com/keys' }],
    ['that leads nowhere', { jwks_uri: null }],
  ])('are not taken by a document %s', async (_, document) => {
    issuer.state.document = document;
    expect(await who(issuer.token())).toBe('unavailable');
    expect(tries()).toBe(0);
  });

  test('lie where the configuration says, without a document', async () => {
    vi.stubEnv('ISSUERS', JSON.stringify([entry(issuer.issuer, { jwksUri: issuer.jwks_uri })]));
    expect(await who(issuer.token())).toBeDefined();
    expect(issuer.state.asked).toEqual([issuer.jwks_uri]);
  });
});
