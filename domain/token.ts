import type { Caller, Granted, Scope } from './apiKey.ts';

/** An issuer whose access tokens are taken, as infrastructure has checked and completed it. */
export interface Issuer {
  /** Compared exactly with `iss`. */
  issuer: string;
  /** One of these has to stand in `aud`. */
  audience: readonly string[];
  /** What may stand beside it in a list. A token that anybody else takes too is refused otherwise. */
  alsoFor: readonly string[];
  /** One of these has to be the client, where there are any; for tokens that have a client in place of an audience. */
  clientIds: readonly string[];
  /** Where its keys are; by its discovery document otherwise. */
  jwksUri?: string;
  /** Which claim holds the roles: its name, or the way to it with dots. */
  roles: string;
  grants: Readonly<Record<string, { scopes: readonly Scope[]; projects: readonly string[] | 'all' }>>;
}
type Claims = Readonly<Record<string, unknown>>;

/** Seconds by which clocks may differ. */
export const grace = 60;

/** What an access token says of itself, one way or another; the claims of RFC 9068 and of those before it. */
const evidence = ['scope', 'scp', 'client_id', 'azpacr', 'appidacr'];
/** What an ID token alone has. */
const identity = ['at_hash', 'c_hash', 'nonce'];

const kindOf = (type: unknown) =>
  String(type)
    .toLowerCase()
    .replace(/^application\//, '');

/**
 * Whether this is an access token that its bearer may use: it says so, and says nothing else. `cnf` binds a token to a
 * key that only its owner has, of which a bearer proves nothing.
 */
export function isAccessToken(header: Claims, claims: Claims): boolean {
  const { token_use, typ } = claims;
  if (header.typ !== undefined && !['jwt', 'at+jwt'].includes(kindOf(header.typ))) return false;
  if (token_use !== undefined && token_use !== 'access') return false;
  if (typ !== undefined && kindOf(typ) !== 'bearer') return false;
  if (claims.cnf !== undefined) return false;
  if (kindOf(header.typ) === 'at+jwt' || token_use === 'access' || typ !== undefined) return true;
  return evidence.some((claim) => claim in claims) && !identity.some((claim) => claim in claims);
}

/** Whether a token was made for us, by its audience and by its client. */
export function isForUs({ audience, alsoFor, clientIds }: Issuer, claims: Claims): boolean {
  const known = [...audience, ...alsoFor];
  const named = claims.aud === undefined ? [] : [claims.aud].flat();
  const client = claims.client_id ?? claims.azp;
  if (clientIds.length > 0 && !clientIds.some((id) => id === client)) return false;
  // A token without an audience is for whom its client is.
  if (named.length === 0) return clientIds.length > 0 && audience.length === 0;
  return (
    named.some((one) => audience.includes(String(one))) && named.every((one) => known.includes(String(one)))
  );
}

/** Printable ASCII, as OpenID Connect has it; it becomes part of keys and of lines of the log. */
const subject = /^[\x20-\x7e]{1,255}$/;

/** Who calls by a token whose signature holds; undefined where its claims are not in order. `now` is in milliseconds. */
export function callerBy(issuer: Issuer, claims: Claims, now: number): Caller | undefined {
  const { sub, exp, iat } = claims;
  if (typeof sub !== 'string' || !subject.test(sub)) return undefined;
  if (!isTime(exp) || !isTime(iat) || iat - grace > now / 1000) return undefined;
  const roles = rolesIn(claims, issuer.roles);
  const held = new Map(Object.entries(issuer.grants));
  const grants: Granted[] = roles.flatMap((role) => {
    const { scopes = [], projects = [] } = held.get(role) ?? {};
    return scopes.length > 0 ? [{ scopes, projects: projects === 'all' ? null : projects }] : [];
  });
  const place = issuer.issuer.replace(/^https:\/\/|\/$/g, '');
  return {
    // Whatever a subject is, it is not taken for the path of another issuer on that host.
    id: `user:${place}/${sub.replaceAll(/[%/]/g, encodeURIComponent)}`,
    kind: 'user',
    scopes: [...new Set(grants.flatMap(({ scopes }) => scopes))],
    roles,
    // Which ones depends on what he does: `acting` tells.
    projects: [],
    grants,
    expires: (exp + grace) * 1000,
  };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** The roles in a claim: a list of texts, or one; a claim of scopes is one text of many. */
function rolesIn(claims: Claims, path: string): string[] {
  const value = Object.hasOwn(claims, path) ? claims[path] : path.split('.').reduce<unknown>(own, claims);
  if (typeof value === 'string')
    return ['scope', 'scp'].includes(path) ? value.split(' ').filter(Boolean) : [value];
  return Array.isArray(value) ? value.filter((role) => typeof role === 'string') : [];
}

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Claims)[name]
    : undefined;
