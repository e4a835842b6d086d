import { type DecomposedJwt, decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { Caller } from '../../domain/apiKey.ts';
import { callerBy, grace, type Issuer, isAccessToken, isForUs } from '../../domain/token.ts';
import { type Key, keyOf } from './keys.ts';

/** What lets a sender choose the key, or how a token is to be read: nobody who is honest needs it here. */
const refused = ['jku', 'x5u', 'jwk', 'crit', 'b64'];

/**
 * Who calls by this token; undefined where it does not count, `unavailable` where its issuer's keys cannot be had.
 * `now` is in milliseconds.
 */
export async function identify(token: string, now: number): Promise<Caller | 'unavailable' | undefined> {
  const sent = decomposed(token);
  const issuer = issuers().find(({ issuer }) => issuer === sent?.payload.iss);
  if (!sent || !issuer) return undefined;
  const { kid, alg } = sent.header;
  if (typeof kid !== 'string' || typeof alg !== 'string') return undefined;
  if (refused.some((name) => name in sent.header)) return undefined;
  const key = await keyOf(issuer, { kid, alg }, now);
  if (key === 'unavailable' || !key) return key;
  const claims = verified(token, issuer, key);
  if (!claims || !isAccessToken(sent.header, claims) || !isForUs(issuer, claims)) return undefined;
  return callerBy(issuer, claims, now);
}

function decomposed(token: string): DecomposedJwt | undefined {
  try {
    return decomposeUnverifiedJwt(token);
  } catch {
    return undefined;
  }
}

/** The claims of a token whose signature, times and issuer hold; who it is for is looked at apart. */
function verified(token: string, { issuer }: Issuer, { jwk, object }: Key) {
  const rules = { issuer, audience: null, graceSeconds: grace };
  try {
    return verifyJwtSync(token, jwk as Parameters<typeof verifyJwtSync>[1], rules, () => object);
  } catch {
    return undefined;
  }
}

let read: { from: string; issuers: readonly Issuer[] } | undefined;

/** What infrastructure tells of issuers, which it has checked. */
function issuers(): readonly Issuer[] {
  const from = process.env.ISSUERS ?? '[]';
  if (read?.from !== from) read = { from, issuers: JSON.parse(from) };
  return read.issuers;
}
