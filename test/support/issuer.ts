import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { outside } from '../../adapters/tokens/outside.ts';

type Algorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';
export type Claims = Record<string, unknown>;

const hashes = { 256: 'sha256', 384: 'sha384', 512: 'sha512' } as const;
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

function pairFor(alg: Algorithm) {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  if (alg.startsWith('RS')) return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: curves[alg as keyof typeof curves] });
}

export const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The signature of an algorithm as JSON Web Signatures spell it. */
function signature(alg: Algorithm, key: KeyObject, text: string): Buffer {
  if (alg === 'EdDSA') return sign(null, Buffer.from(text), key);
  const hash = hashes[Number(alg.slice(2)) as keyof typeof hashes];
  return sign(hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
}

export interface SigningKey {
  kid: string;
  alg: Algorithm;
  secret: KeyObject;
  jwk: Record<string, unknown>;
}

export function signingKey(kid: string, alg: Algorithm = 'ES256'): SigningKey {
  const { publicKey, privateKey } = pairFor(alg);
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
  return { kid, alg, secret: privateKey, jwk };
}

/** A token of any header and claims, signed by this key with its algorithm. */
export function signed({ alg, kid, secret }: SigningKey, claims: object, header: object = {}): string {
  const text = `${part({ alg, kid, ...header })}.${part(claims)}`;
  return `${text}.${signature(alg, secret, text).toString('base64url')}`;
}

const seconds = () => Math.floor(Date.now() / 1000);

/** An issuer of tokens whose documents are answered in this process; it can be made to fail, and counts what it is asked. */
export function createIssuer(issuer = 'https://login.example.com/realms/ml') {
  const first = signingKey('first');
  const state = { keys: [first], asked: [] as string[], fails: false, document: {} as object };
  const jwks_uri = `${issuer}/keys`;
  const answers: Record<string, () => unknown> = {
    [`${issuer}/.well-known/openid-configuration`]: () => ({ issuer, jwks_uri, ...state.document }),
    [jwks_uri]: () => ({ keys: state.keys.map(({ jwk }) => jwk) }),
  };
  const get = outside.get;
  outside.get = async (url) => {
    const answer = answers[url];
    if (!answer) return get(url);
    state.asked.push(url);
    if (state.fails) throw new Error('the issuer cannot be reached');
    return JSON.parse(JSON.stringify(answer()));
  };
  const claims = (more: Claims = {}): Claims => ({
    ...{ iss: issuer, aud: 'slipway', sub: 'ada', iat: seconds(), exp: seconds() + 600, scope: 'openid' },
    ...{ realm_access: { roles: ['analyst'] } },
    ...more,
  });
  return {
    issuer,
    jwks_uri,
    state,
    claims,
    answers,
    token: (more: Claims = {}, header: object = {}, key = state.keys[0] ?? first) =>
      signed(key, claims(more), header),
    close() {
      outside.get = get;
    },
  };
}
export type TestIssuer = ReturnType<typeof createIssuer>;
