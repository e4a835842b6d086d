import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import type { DataStack } from '../../lib/data.ts';
import { knowsIssuers, most, readIssuers } from '../../lib/issuers.ts';
import { type Machines, routePermissions } from '../../lib/permissions.ts';
import { all, operationOf, synthesized } from './synthesized.ts';

const login = 'https://login.example.com/realms/ml';
const grants = { analyst: { scopes: ['read'] } };
const one = { issuer: login, audience: 'slipway', roles: 'realm_access.roles', grants };
const read = (issuers: unknown) => readIssuers(new Stack(new App({ context: { issuers } })));

describe('the context issuers', () => {
  test('may be JSON of the command line, and is completed', () => {
    const complete = [
      {
        ...{ issuer: login, audience: ['slipway'], alsoFor: [], clientIds: [], roles: 'realm_access.roles' },
        grants: { analyst: { scopes: ['read'], projects: 'all' } },
      },
    ];
    expect(read([one])).toEqual(complete);
    expect(read(JSON.stringify([one]))).toEqual(complete);
    expect(read(undefined)).toEqual([]);
  });

  const project = '0199E2C0-0000-7000-8000-000000000001';
  test('names projects by their ids, as they are kept', () => {
    const [entry] = read([{ ...one, grants: { a: { scopes: ['read'], projects: [project] } } }]);
    expect(entry?.grants.a.projects).toEqual([project.toLowerCase()]);
  });

  test.each<[what: string, issuers: unknown, why: string]>([
    ['no list', one, 'it is a list'],
    ['no JSON', '[{', 'it is no JSON'],
    ['nothing', [null], 'its issuer is an https URL'],
    ['an issuer without TLS', [{ ...one, issuer: 'http://login.example.com' }], 'its issuer is an https URL'],
    ['an issuer that is no URL', [{ ...one, issuer: 'login' }], 'its issuer is an https URL'],
    [
      'an issuer with a user',
      [{ ...one, issuer: 'https://a:b@login.example.com' }],
      'its issuer is an https URL',
    ],
    [
      'an issuer with a query',
      [{ ...one, issuer: 'https://login.example.com/?a' }],
      'its issuer is an https URL',
    ],
    [
      'an issuer in another spelling',
      [{ ...one, issuer: 'https://LOGIN.example.com' }],
      'its issuer is an https URL',
    ],
    ['an issuer twice', [one, { ...one, issuer: `${login}/` }], 'is there twice'],
    ['keys without TLS', [{ ...one, jwksUri: 'http://x.example.com/keys' }], 'its jwksUri is an https URL'],
    ['nobody whom tokens are for', [{ ...one, audience: undefined }], 'it has an audience'],
    ['an empty list of them', [{ ...one, audience: [] }], 'it has an audience'],
    ['an empty name', [{ ...one, audience: '' }], 'are lists of texts'],
    ['no claim of roles', [{ ...one, roles: '' }], 'roles names the claim'],
    ['no grants', [{ ...one, grants: {} }], 'grants says what a role opens'],
    ['a role without scopes', [{ ...one, grants: { a: {} } }], 'role a has no scopes'],
    [
      'a scope that there is not',
      [{ ...one, grants: { a: { scopes: ['root'] } } }],
      'there is no scope root',
    ],
    ['no projects', [{ ...one, grants: { a: { scopes: ['read'], projects: [] } } }], 'a list of project ids'],
    [
      'a project by its name',
      [{ ...one, grants: { a: { scopes: ['read'], projects: ['churn'] } } }],
      'a list of project ids',
    ],
    ['a field that nobody reads', [{ ...one, audiences: [] }], 'nothing knows audiences'],
    ['more than an environment holds', [{ ...one, audience: 'x'.repeat(2_500) }], '2500 are left for it'],
  ])('with %s is refused', (_, issuers, why) => {
    expect(() => read(issuers)).toThrow(`context issuers`);
    expect(() => read(issuers)).toThrow(why);
  });
});

test('whoever asks who calls knows them, and nobody else', () => {
  // What a route may do is a list of functions: none of them is called here.
  const grantsOf = routePermissions({} as DataStack, {} as Machines);
  for (const { id, scope } of routes)
    expect(grantsOf[id].includes(knowsIssuers), id).toBe(scope !== 'public');
});

test('they are told in one variable, and nothing is where there is no context', () => {
  const told = (context: object) => {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } }), 's');
    const code = { runtime: Runtime.NODEJS_24_X, handler: 'x.y', code: Code.fromInline('x') };
    knowsIssuers(new Lambda(stack, 'fn', code));
    const [fn] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    return fn?.Properties.Environment?.Variables;
  };
  expect(told({})).toBeUndefined();
  expect(JSON.parse(told({ issuers: [one] }).ISSUERS)).toEqual(read([one]));
});

test('no environment is too large with them', () => {
  for (const fn of Object.values(all(synthesized(), 'AWS::Lambda::Function'))) {
    const variables = Object.entries<unknown>(fn.Properties.Environment?.Variables ?? {});
    // A name that only a deployment knows has some hundred characters.
    const bytes = variables.map(
      ([name, value]) => `${name}${typeof value === 'string' ? value : 'x'.repeat(100)}`,
    );
    expect(bytes.join('').length + most, operationOf(fn)).toBeLessThan(4_096);
  }
});
