import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acting, type Caller, Scope } from '../../domain/apiKey.ts';
import { callerBy, type Issuer, isAccessToken, isForUs } from '../../domain/token.ts';

const issuer = (more: Partial<Issuer> = {}): Issuer => ({
  issuer: 'https://login.example.com/realms/ml',
  audience: ['slipway'],
  alsoFor: [],
  clientIds: [],
  roles: 'roles',
  grants: {
    reader: { scopes: ['read'], projects: 'all' },
    writer: { scopes: ['read', 'write'], projects: ['p1'] },
  },
  ...more,
});

describe('an access token is', () => {
  test.each<[what: string, header: object, claims: object, yes: boolean]>([
    ['of the type of RFC 9068', { typ: 'at+jwt' }, {}, true],
    ['of that type with its prefix', { typ: 'application/AT+JWT' }, {}, true],
    ['a token of Cognito that says so', {}, { token_use: 'access' }, true],
    [
      'a token of Keycloak that says so, with a nonce too',
      { typ: 'JWT' },
      { typ: 'Bearer', nonce: 'n' },
      true,
    ],
    ['a token with scopes', { typ: 'JWT' }, { scope: 'openid' }, true],
    ['a token of Okta or Entra with scopes', {}, { scp: ['a'] }, true],
    ['a token of a program at Entra', { typ: 'JWT' }, { azpacr: '1', roles: [] }, true],
    ['not an ID token of Cognito', {}, { token_use: 'id', client_id: 'c' }, false],
    ['not an ID token of Keycloak', { typ: 'JWT' }, { typ: 'ID', scope: 'x' }, false],
    ['not a refresh token', { typ: 'JWT' }, { typ: 'Refresh', scope: 'x' }, false],
    ['not what has the hash of one', { typ: 'JWT' }, { scope: 'x', at_hash: 'h' }, false],
    ['not what has a nonce and scopes', {}, { scope: 'x', nonce: 'n' }, false],
    ['not what says nothing', { typ: 'JWT' }, { email: 'a@b' }, false],
    ['not a token of another type', { typ: 'logout+jwt' }, { scope: 'x' }, false],
    ['not one of no type', { typ: null }, { scope: 'x' }, false],
    ['not one that is bound to a key', { typ: 'at+jwt' }, { cnf: { jkt: 'x' } }, false],
  ])('%s', (_, header, claims, yes) => {
    expect(isAccessToken({ ...header }, { ...claims })).toBe(yes);
  });
});

describe('a token is for us', () => {
  const cognito = { audience: [], clientIds: ['app'] };
  test.each<[what: string, more: Partial<Issuer>, claims: object, yes: boolean]>([
    ['by its audience', {}, { aud: 'slipway' }, true],
    ['by a list of it alone', {}, { aud: ['slipway'] }, true],
    ['by any of ours', { audience: ['a', 'slipway'] }, { aud: 'a' }, true],
    ['with a known audience beside ours', { alsoFor: ['info'] }, { aud: ['slipway', 'info'] }, true],
    ['not with an unknown one beside it', {}, { aud: ['slipway', 'other'] }, false],
    ['not for that one alone', { alsoFor: ['info'] }, { aud: 'info' }, false],
    ['not with another', {}, { aud: 'other' }, false],
    ['not without any', {}, {}, false],
    ['not for nobody', {}, { aud: [] }, false],
    ['not by a client, where an audience is asked for', { clientIds: ['app'] }, { client_id: 'app' }, false],
    ['by its client, where tokens have no audience', cognito, { client_id: 'app' }, true],
    ['not by another client', cognito, { client_id: 'other' }, false],
    ['not by no client', cognito, {}, false],
    ['not with an audience that nobody asked for', cognito, { client_id: 'app', aud: 'other' }, false],
    ['by both, where both are asked for', { clientIds: ['app'] }, { aud: 'slipway', azp: 'app' }, true],
    ['not by one of both', { clientIds: ['app'] }, { aud: 'slipway', azp: 'other' }, false],
  ])('%s', (_, more, claims, yes) => {
    expect(isForUs(issuer(more), { ...claims })).toBe(yes);
  });
});

describe('who calls by a token', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const times = { iat: now / 1000, exp: now / 1000 + 600 };
  const by = (claims: object, more: Partial<Issuer> = {}) =>
    callerBy(issuer(more), { sub: 'ada', ...times, ...claims }, now);

  test.each([
    ['no subject', { sub: undefined }],
    ['an empty one', { sub: '' }],
    ['one that is no text', { sub: 5 }],
    ['one with a line break', { sub: 'a\nb' }],
    ['one that no database would take', { sub: 'x'.repeat(256) }],
    ['no end', { exp: undefined }],
    ['an end that is a text', { exp: '9999999999' }],
    ['an end beyond all numbers', { exp: Number.POSITIVE_INFINITY }],
    ['no beginning', { iat: undefined }],
    ['a beginning that is none', { iat: null }],
  ])('nobody, with %s', (_, claims) => {
    expect(by(claims)).toBeUndefined();
  });

  test('subjects of two realms on a host are two callers, however they are spelled', () => {
    const at = (place: string, sub: string) => by({ sub }, { issuer: `https://host${place}` })?.id;
    expect(at('/a', 'x')).toBe('user:host/a/x');
    expect(
      new Set([at('/a', 'x'), at('/b', 'x'), at('', 'a/x'), at('', 'a%2Fx'), at('/', 'b')]),
    ).toHaveProperty('size', 5);
  });

  test.each<[what: string, path: string, claims: object, roles: string[]]>([
    ['a list', 'roles', { roles: ['a', 'b'] }, ['a', 'b']],
    ['a list inside', 'realm_access.roles', { realm_access: { roles: ['a'] } }, ['a']],
    ['a name with a colon', 'cognito:groups', { 'cognito:groups': ['a'] }, ['a']],
    ['a name with dots', 'https://x.y/roles', { 'https://x.y/roles': ['a'] }, ['a']],
    ['one text, which is one role', 'role', { role: 'data scientist' }, ['data scientist']],
    ['scopes, which are many in one text', 'scope', { scope: 'a b' }, ['a', 'b']],
    ['what are no texts', 'roles', { roles: ['a', 5, null, ['b']] }, ['a']],
    ['nothing', 'roles', {}, []],
    ['what every object has', 'constructor.name', {}, []],
    ['what lists have', 'roles.length', { roles: ['a'] }, []],
  ])('has the roles that his claims hold: %s', (_, path, claims, roles) => {
    expect(by(claims, { roles: path })?.roles).toEqual(roles);
  });

  test('has what his roles open, and nothing by a role that is named like what every object has', () => {
    expect(by({ roles: ['reader', 'writer', 'unknown'] })).toMatchObject({
      scopes: ['read', 'write'],
      grants: [
        { scopes: ['read'], projects: null },
        { scopes: ['read', 'write'], projects: ['p1'] },
      ],
    });
    expect(by({ roles: ['constructor', '__proto__', 'toString'] })).toMatchObject({ scopes: [], grants: [] });
  });
});

describe('a caller whose scopes hold for different projects', () => {
  const projects = fc.option(fc.subarray(['p1', 'p2', 'p3'], { minLength: 1 }), { nil: null });
  const grants = fc.array(fc.record({ scopes: fc.subarray(Scope.options, { minLength: 1 }), projects }), {
    maxLength: 4,
  });
  const callerWith = (held: Caller['grants'] = []): Caller => ({
    ...{ id: 'user:x', kind: 'user', roles: [], projects: [], expires: null },
    scopes: [...new Set(held.flatMap(({ scopes }) => scopes))],
    grants: held,
  });
  const has = (held: Caller['grants'], scope: Scope, project: string) =>
    held?.some((one) => one.scopes.includes(scope) && (one.projects?.includes(project) ?? true)) ?? false;

  test('never has a scope for a project that no role of his opens with it', () => {
    fc.assert(
      fc.property(grants, fc.constantFrom(...Scope.options), (held, scope) => {
        const caller = callerWith(held);
        fc.pre(caller.scopes.includes(scope));
        const { scopes, projects } = acting(caller, scope);
        for (const one of scopes)
          for (const project of projects ?? ['p1', 'p2', 'p3', 'any'])
            expect(has(held, one, project)).toBe(true);
        // What the route asks for he has, wherever he has it at all.
        expect(scopes).toContain(scope);
        for (const project of ['p1', 'p2', 'p3', 'any'])
          expect(projects?.includes(project) ?? true).toBe(has(held, scope, project));
      }),
    );
  });

  test('a caller by a key is as he is', () => {
    const { grants: _, ...caller } = callerWith();
    expect(acting(caller, 'read')).toBe(caller);
  });
});
