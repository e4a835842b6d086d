import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { identify } from '../../adapters/tokens/verify.ts';
import { createIssuer, part, signed, signingKey, type TestIssuer } from '../support/issuer.ts';

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

describe('a token', () => {
  test('of a configured issuer tells who calls, what he may and until when', async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    expect(await who(issuer.token({ exp }))).toEqual({
      id: `user:login${n}.example.com/realms/ml/ada`,
      kind: 'user',
      scopes: ['read'],
      roles: ['analyst'],
      projects: [],
      grants: [{ scopes: ['read'], projects: null }],
      expires: (exp + 60) * 1000,
    });
  });

  test.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const)(
    'counts when it is signed with %s',
    async (alg) => {
      issuer.state.keys = [signingKey('k', alg)];
      expect(await who(issuer.token())).toMatchObject({ kind: 'user' });
      const [head, body, end = ''] = issuer.token().split('.');
      const other = `${end.slice(0, 20)}${end[20] === 'A' ? 'B' : 'A'}${end.slice(21)}`;
      expect(await who(`${head}.${body}.${other}`)).toBeUndefined();
    },
  );

  test('does not count with claims that were changed after it was signed', async () => {
    const [head, , end] = issuer.token().split('.');
    expect(await who(`${head}.${part(issuer.claims({ sub: 'eve' }))}.${end}`)).toBeUndefined();
  });

  test('may come 60 seconds before its time or after its end, and no later', async () => {
    const now = Math.floor(Date.now() / 1000);
    vi.setSystemTime(now * 1000);
    expect(await who(issuer.token({ exp: now - 59 }))).toBeDefined();
    expect(await who(issuer.token({ exp: now - 61 }))).toBeUndefined();
    expect(await who(issuer.token({ nbf: now + 59 }))).toBeDefined();
    expect(await who(issuer.token({ nbf: now + 61 }))).toBeUndefined();
    expect(await who(issuer.token({ iat: now + 59 }))).toBeDefined();
    expect(await who(issuer.token({ iat: now + 61 }))).toBeUndefined();
  });

  test('of two configured issuers is verified by the keys of its own', async () => {
    const other = createIssuer(`https://other${n}.example.com`);
    vi.stubEnv('ISSUERS', JSON.stringify([entry(issuer.issuer), entry(other.issuer)]));
    expect(await who(other.token())).toMatchObject({ id: `user:other${n}.example.com/ada` });
    // The same name of a key, and what it signs under the other's name.
    const forged = signed(other.state.keys[0] ?? signingKey('x'), issuer.claims());
    expect(await who(forged)).toBeUndefined();
    other.close();
  });
});

describe('the algorithm is the key’s, not the token’s', () => {
  test.each(['none', 'nOnE', '', 'HS256', 'PS256', 'ES256K', 'RS256', 'constructor'])(
    '%s is refused where the key is of another kind',
    async (alg) => {
      expect(await who(issuer.token({}, { alg }))).toBeUndefined();
    },
  );

  test('a key that names none is used with those of its kind and size alone', async () => {
    const nameless = (alg: Parameters<typeof signingKey>[1]) => {
      const key = signingKey('k', alg);
      return { ...key, jwk: { ...key.jwk, alg: undefined } };
    };
    const [curve, rsa] = [nameless('ES256'), nameless('RS256')];
    const as = (key: typeof curve, alg: typeof curve.alg) => signed({ ...key, alg }, issuer.claims());
    issuer.state.keys = [curve];
    expect(await who(as(curve, 'ES256'))).toBeDefined();
    for (const alg of ['ES384', 'ES512'] as const) expect(await who(as(curve, alg))).toBeUndefined();
    issuer.state.keys = [rsa];
    later(10_001);
    for (const alg of ['RS256', 'RS512'] as const)
      expect(await who(signed({ ...rsa, kid: 'rsa', alg }, issuer.claims()))).toBeUndefined();
    issuer.state.keys = [{ ...rsa, kid: 'rsa', jwk: { ...rsa.jwk, kid: 'rsa' } }];
    later(10_001);
    for (const alg of ['RS256', 'RS512'] as const)
      expect(await who(signed({ ...rsa, kid: 'rsa', alg }, issuer.claims()))).toBeDefined();
  });

  test('a key that is too short to be safe is none', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'short' };
    const short = { kid: 'short', alg: 'RS256' as const, secret: privateKey, jwk };
    issuer.state.keys = [short, signingKey('other')];
    expect(await who(signed(short, issuer.claims()))).toBeUndefined();
  });

  test('a public key is nobody’s secret', async () => {
    const key = signingKey('rsa', 'RS256');
    issuer.state.keys = [key];
    const text = `${part({ alg: 'HS256', kid: 'rsa' })}.${part(issuer.claims())}`;
    const pem = createPublicKey({ key: key.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const mac = createHmac('sha256', pem).update(text).digest('base64url');
    expect(await who(`${text}.${mac}`)).toBeUndefined();
    expect(await who(issuer.token())).toBeDefined();
  });

  test.each([
    ['is for encryption', { use: 'enc' }],
    ['may not verify', { key_ops: ['sign'] }],
    ['is for another algorithm', { alg: 'ES384' }],
    ['has no name', { kid: undefined }],
    ['is symmetric', { kty: 'oct', k: 'c2VjcmV0' }],
    ['is no point of its curve', { x: 'AAAA' }],
  ])('a key that %s is none', async (_, more) => {
    const key = signingKey('k');
    issuer.state.keys = [{ ...key, jwk: { ...key.jwk, ...more } }, signingKey('other')];
    expect(await who(issuer.token())).toBeUndefined();
  });
});
