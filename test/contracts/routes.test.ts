import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../contracts/route.ts';
import { routes as every } from '../../contracts/routes.ts';
import { background } from '../../contracts/tasks.ts';

const routes: readonly Route[] = every;
const named = routes.map((route) => [route.id, route] as const);
/** They change nothing, though a rule fits into no query: whoever may read may ask. */
const questions = ['backtestAlertRule', 'backtestNewAlertRule'];
const variables = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
const twice = (values: readonly string[]) => values.filter((value, i) => values.indexOf(value) !== i);

test('there are routes, and no two have one id, or one method and path', () => {
  expect(routes.length).toBeGreaterThan(20);
  expect(twice(routes.map(({ id }) => id))).toEqual([]);
  expect(twice(routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`))).toEqual(
    [],
  );
});

test.each(named)('%s is one file of its own name', (id, { group }) => {
  expect(existsSync(`functions/${group}/${id}.ts`)).toBe(true);
});

test('every file of a function is a route, a step of a machine, or runs in the background', () => {
  const known = [...routes.map(({ id }) => id), ...Object.keys(background)];
  const machines = globSync('statemachines/*.asl.json').map((file) => readFileSync(file, 'utf8'));
  const steps = machines.flatMap((text) => [...text.matchAll(/\$\{(\w+)\}/g)].map(([, step]) => step));
  const files = globSync('functions/*/*.ts', { exclude: ['functions/kit/**'] }).map((file) =>
    basename(file, '.ts'),
  );
  expect(files.filter((file) => ![...known, ...steps].includes(file))).toEqual([]);
  expect(Object.keys(background).filter((name) => !files.includes(name))).toEqual([]);
});

test.each(named)('%s reads every part of its path, and no other', (_, { path, params }) => {
  expect(Object.keys(params.shape)).toEqual(variables(path));
});

test.each(named)(
  '%s says who may call it, and only the service itself is public',
  (id, { scope, group, method }) => {
    expect(['read', 'write', 'predict', 'admin', 'public']).toContain(scope);
    if (scope === 'public') expect(group).toBe('service');
    if (scope === 'read') expect(method).toBe(questions.includes(id) ? 'POST' : 'GET');
    if (method === 'GET') expect(['read', 'admin', 'public']).toContain(scope);
  },
);

const changing = named.filter(([, { method }]) => method !== 'GET');
test('everything that changes something may be repeated, but predictions and reports that are so by themselves', () => {
  const once = changing.filter(([id, { repeatable }]) => !repeatable && !questions.includes(id));
  expect(once.map(([id]) => id)).toEqual(['predict', 'transformJson', 'updateDeploymentStatus']);
  expect(named.filter(([, r]) => r.method === 'GET' && r.repeatable)).toEqual([]);
});

test('only GET asks by query, but for a flag of a dialect, and only the others by body', () => {
  for (const { id, dialect, method, query, body } of routes) {
    const flags = dialect === 'live' ? ['preview'] : id === 'updateDeploymentStatus' ? ['version'] : [];
    if (method !== 'GET') expect(Object.keys(query?.shape ?? {}), id).toEqual(flags);
    expect(method === 'GET' && body !== undefined, id).toBe(false);
  }
});

test('paths begin as their dialect does', () => {
  const begins = {
    mlops: /^\/(?:api\/(?!v2\/)|healthz$|openapi\.json$)/,
    batch: /^\/api\/models\//,
    live: /^\/api\/v2\//,
    workspaces: /^\/apis\//,
  };
  for (const { dialect, path } of routes) expect(path).toMatch(begins[dialect]);
});

/** Two paths that one request could mean, of which the gateway takes the one with fewer variables, overlap rightly. */
test('no request can mean two routes alike: where paths overlap, one is the more special', () => {
  const alike = routes.flatMap((a, i) =>
    routes.slice(i + 1).flatMap((b) => {
      const [x, y] = [a.path.split('/'), b.path.split('/')];
      const both = x.map((step, n) => [step, y[n] ?? ''] as const);
      const overlap =
        a.method === b.method &&
        x.length === y.length &&
        both.every(([p, q]) => p === q || p.startsWith('{') || q.startsWith('{'));
      const special = variables(a.path).length !== variables(b.path).length;
      return overlap && !special ? [`${a.path} and ${b.path}`] : [];
    }),
  );
  expect(alike).toEqual([]);
});

test('a list has bounds that cannot be left, and fifty items where nobody says', () => {
  const lists = routes.filter(({ query }) => query && 'limit' in query.shape);
  expect(lists.length).toBeGreaterThan(4);
  for (const { id, query } of lists) {
    const read = (sent: object) => z.safeParse(query as z.ZodType, sent);
    expect(read({}).data, id).toMatchObject({ limit: 50 });
    const most = ['listDeployments', 'listBatchDeployments'].includes(id) ? 200 : 500;
    expect(
      [1, most].map((limit) => read({ limit }).success),
      id,
    ).toEqual([true, true]);
    expect(
      [0, most + 1, 1.5].map((limit) => read({ limit }).success),
      id,
    ).toEqual([false, false, false]);
    // What only grows at its young end goes on by a cursor.
    if (['listAudit', 'listAccessAudit'].includes(id)) continue;
    expect(read({}).data, id).toMatchObject({ offset: 0 });
    const deepest = id === 'listInferenceLogs' ? Number.MAX_SAFE_INTEGER : 10_000;
    expect(
      [deepest, deepest + 1, -1].map((offset) => read({ offset }).success),
      id,
    ).toEqual([true, false, false]);
  }
});

test('what holds data of people repeats none of it in an error', () => {
  expect(routes.filter(({ sensitive }) => sensitive).map(({ id }) => id)).toEqual([
    'predict',
    'reportActuals',
    'transformJson',
  ]);
});

test('only predictions and what came true of them take more than 64 KiB', () => {
  expect(routes.filter(({ maxBytes }) => maxBytes).map(({ id, maxBytes }) => [id, maxBytes])).toEqual([
    ['predict', 1_048_576],
    ['reportActuals', 1_048_576],
    ['transformJson', 1_048_576],
  ]);
});
