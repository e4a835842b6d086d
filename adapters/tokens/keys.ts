import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Issuer } from '../../domain/token.ts';
import { outside } from './outside.ts';

/** A public key of an issuer, and the algorithms that it may be used with: never what a token says of it. */
export interface Key {
  kid: string;
  jwk: JsonWebKey;
  object: KeyObject;
  algorithms: readonly string[];
}
interface Known {
  keys: readonly Key[];
  /** Milliseconds; 0: never. */
  fetched: number;
  tried: number;
  uri: string | undefined;
  going: Promise<void> | undefined;
}

/** Milliseconds: keys are looked at again after an hour, and never more often than every ten seconds. */
const age = 3_600_000;
const pause = 10_000;
/** Where nothing is known yet, one failure shall not lock everybody out for so long. */
const firstPause = 1_000;
const mostKeys = 100;

const known = new Map<string, Known>();

/** The key of this name for this algorithm; undefined where there is none, `unavailable` where nobody can tell. */
export async function keyOf(
  issuer: Issuer,
  { kid, alg }: { kid: string; alg: string },
  now: number,
): Promise<Key | 'unavailable' | undefined> {
  const state = stateOf(issuer);
  const find = () => state.keys.find((key) => key.kid === kid && key.algorithms.includes(alg));
  const found = find();
  if (found && now - state.fetched < age) return found;
  const wait = state.fetched === 0 ? firstPause : pause;
  if (!state.going && now - state.tried >= wait) {
    state.tried = now;
    state.going = refresh(issuer, state, now).finally(() => {
      state.going = undefined;
    });
  }
  await state.going;
  return find() ?? (state.fetched === 0 ? 'unavailable' : undefined);
}

function stateOf({ issuer, jwksUri }: Issuer): Known {
  const name = `${issuer} ${jwksUri}`;
  const state = known.get(name) ?? { keys: [], fetched: 0, tried: 0, uri: jwksUri, going: undefined };
  known.set(name, state);
  return state;
}

/** Ask for the keys; on any error those that are known stay. */
async function refresh(issuer: Issuer, state: Known, now: number): Promise<void> {
  try {
    state.uri ??= await discovered(issuer);
    const keys = read(await outside.get(state.uri));
    if (keys.length === 0) throw new Error('the issuer has no key that signs');
    state.keys = keys;
    state.fetched = now;
  } catch {
    // They may have moved: where they are is asked again.
    state.uri = issuer.jwksUri;
  }
}

/** Where the issuer says that its keys are. It may name another host, but never another issuer. */
async function discovered({ issuer }: Issuer): Promise<string> {
  const document = await outside.get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { issuer: own, jwks_uri } = document as { issuer?: unknown; jwks_uri?: unknown };
  if (own !== issuer || typeof jwks_uri !== 'string' || new URL(jwks_uri).protocol !== 'https:')
    throw new Error('the document is not of this issuer');
  return jwks_uri;
}

function read(document: unknown): Key[] {
  const { keys } = document as { keys?: unknown };
  return Array.isArray(keys) ? keys.slice(0, mostKeys).flatMap(usable) : [];
}

type Jwk = JsonWebKey & { use?: string; alg?: string; kid?: string; key_ops?: unknown };

function usable(jwk: Jwk): Key[] {
  try {
    if (typeof jwk.kid !== 'string' || (jwk.use ?? 'sig') !== 'sig') return [];
    if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes('verify')) return [];
    const object = createPublicKey({ key: jwk, format: 'jwk' });
    const algorithms = algorithmsOf(jwk, object).filter((alg) => alg === (jwk.alg ?? alg));
    return algorithms.length > 0 ? [{ kid: jwk.kid, jwk, object, algorithms }] : [];
  } catch {
    return [];
  }
}

const curves: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
  Ed448: 'EdDSA',
};

/** The kind of a key decides what it can sign with, so that nobody gets it used in another way. */
function algorithmsOf({ kty, crv = '' }: Jwk, { asymmetricKeyDetails }: KeyObject): string[] {
  if (kty === 'RSA')
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? ['RS256', 'RS384', 'RS512'] : [];
  const alg = curves[crv];
  return alg ? [alg] : [];
}
