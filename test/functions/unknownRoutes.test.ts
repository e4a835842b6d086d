import { beforeAll, expect, test } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import { dialectOf } from '../../functions/kit/http/wording.ts';
import { refusal } from './support/refusals.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
});

test.each([
  '/',
  '/api',
  '/api/projects/',
  '/api//projects',
  '/nope',
  '/api/mlops/deployments',
  '/apis/models/v2/workspaces',
])('%s is not found, with or without a key', async (path) => {
  for (const key of [undefined, null]) {
    const got = await wire.send('GET', path, key === null ? { key } : {});
    expect([got.status, got.body]).toEqual([404, { detail: 'Not Found' }]);
    expect(got.headers['content-type']).toBe('application/json');
  }
});

test.each(['/api/v2/models', '/multipass/api/me'])('%s is not found in its own dialect', async (path) => {
  const { status, body } = await wire.send('GET', path);
  expect(status).toBe(404);
  expect(body).toEqual({
    errorCode: 'NOT_FOUND',
    errorName: 'Default:NotFound',
    errorInstanceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    errorDescription: 'Not Found',
    parameters: {},
  });
});

const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'];
const paths = [...new Set(routes.map(({ path }) => path))];
test.each(paths)('%s says which methods it has when asked for another', async (path) => {
  const own = routes.filter((route) => route.path === path).map(({ method }) => method as string);
  for (const method of others.filter((one) => !own.includes(one))) {
    const got = await wire.send(method, path.replaceAll(/\{\w+\}/g, 'x'));
    expect([method, got.status, got.body]).toEqual([method, 405, refusal(dialectOf(path), 'noMethod')]);
    expect(own).toEqual(expect.arrayContaining(got.headers.allow?.split(', ') ?? ['none']));
  }
});
