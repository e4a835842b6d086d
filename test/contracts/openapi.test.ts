import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openapi } from '../../contracts/openapi.ts';
import type { Route } from '../../contracts/route.ts';
import { routes as every } from '../../contracts/routes.ts';
import project from '../../package.json' with { type: 'json' };

// biome-ignore lint/suspicious/noExplicitAny: a client sees JSON.
type Json = Record<string, any>;

const routes: readonly Route[] = every;
const document = openapi(routes, project.version) as Json;
const operations = Object.entries(document.paths as Json).flatMap(([path, methods]) =>
  Object.entries(methods as Json).map(([method, operation]) => ({
    path,
    method,
    operation: operation as Json,
  })),
);

/** Every object in the document, with its place. */
function* nodes(value: unknown, at = '#'): Generator<[at: string, node: Json]> {
  if (typeof value !== 'object' || value === null) return;
  yield [at, value as Json];
  for (const [key, inner] of Object.entries(value)) yield* nodes(inner, `${at}/${key}`);
}
const resolve = (ref: string) =>
  ref
    .slice(2)
    .split('/')
    .reduce((here: Json | undefined, step) => here?.[step.replaceAll('~1', '/')], document);

test('the description kept in docs is the one that the contracts make: node scripts/openapi.ts writes it', () => {
  expect(`${JSON.stringify(document, null, 2)}\n`).toBe(readFileSync('docs/openapi.json', 'utf8'));
});

test('it is OpenAPI 3.1 of this version, with a way to authenticate', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Slipway', version: project.version },
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  });
  expect(Object.keys(document).sort()).toEqual(['components', 'info', 'openapi', 'paths', 'security']);
});

test('the callback of a run alone also takes its key as older clients send it', () => {
  const also = operations.filter(({ operation }) =>
    JSON.stringify(operation.security)?.includes('presharedKey'),
  );
  expect(also.map(({ operation }) => [operation.operationId, operation.security])).toEqual([
    ['reportRun', [{ key: [] }, { presharedKey: [] }]],
  ]);
  const scheme = { type: 'apiKey', in: 'header', name: 'Authorization-PSK' };
  expect(document.components.securitySchemes.presharedKey).toEqual(scheme);
});

test('every reference leads somewhere, and every named part is referred to', () => {
  const refs = [...nodes(document)].flatMap(([, node]) => (typeof node.$ref === 'string' ? [node.$ref] : []));
  expect(refs.length).toBeGreaterThan(10);
  expect(
    refs.filter((ref) => !ref.startsWith('#/components/schemas/') || resolve(ref) === undefined),
  ).toEqual([]);
  const parts = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(parts.filter((part) => !refs.includes(part))).toEqual([]);
});

test('nothing of another schema language is left in it', () => {
  const strange = [...nodes(document)].filter(([, node]) =>
    ['$schema', '$defs', 'nullable', '$id', 'id'].some((word) => typeof node[word] === 'string'),
  );
  expect(strange.map(([at]) => at)).toEqual([]);
});

test('each route is one operation with its id, and nothing else is', () => {
  expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
    routes.map(({ id }) => id).sort(),
  );
  for (const { id, method, path } of routes)
    expect(document.paths[path][method.toLowerCase()].operationId).toBe(id);
});

describe.each(operations)('$operation.operationId', ({ path, method, operation }) => {
  const route = routes.find(({ id }) => id === operation.operationId) as Route;
  const names = (where: string) =>
    operation.parameters.filter((p: Json) => p.in === where).map((p: Json) => p.name);

  test('has a summary, its tag, its scope, and no field that OpenAPI does not know', () => {
    expect(operation.summary.length).toBeGreaterThan(10);
    expect(operation.tags).toEqual([route.group]);
    if (route.scope === 'public') expect(operation.security).toEqual([]);
    else expect(operation['x-required-scope']).toBe(route.scope);
    const known = [
      'operationId',
      'summary',
      'tags',
      'security',
      'x-required-scope',
      'parameters',
      'requestBody',
      'responses',
    ];
    expect(Object.keys(operation).filter((key) => !known.includes(key))).toEqual([]);
  });

  test('names its parameters where they stand, path parameters always required', () => {
    expect(names('path')).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(names('query')).toEqual(Object.keys(route.query?.shape ?? {}));
    for (const p of operation.parameters) {
      expect(typeof p.schema).toBe('object');
      if (p.in === 'path') expect(p.required).toBe(true);
      // The live dialect answers nobody who does not say that he knows it for a preview.
      if (p.in === 'query') expect(p.required).toBe(['preview', 'modelRid'].includes(p.name));
    }
  });

  test('takes Idempotency-Key exactly where it is honoured', () => {
    expect(names('header').includes('Idempotency-Key')).toBe(route.repeatable === true);
  });

  test('has a body exactly where the route reads one, and JSON answers', () => {
    expect(operation.requestBody?.required).toBe(
      route.body === undefined ? undefined : route.bodyOr === undefined,
    );
    if (method === 'get') expect(operation.requestBody).toBeUndefined();
    expect(Object.keys(operation.responses)).toEqual([String(route.status), 'default']);
    for (const [status, response] of Object.entries<Json>(operation.responses)) {
      expect(response.description.length).toBeGreaterThan(0);
      if (status === '204') {
        expect(response.content).toBeUndefined();
        continue;
      }
      const empty = response === operation.responses['204'];
      expect(typeof response.content?.['application/json'].schema).toBe(empty ? 'undefined' : 'object');
    }
  });
});
