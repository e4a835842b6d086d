import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../contracts/route.ts';
import { routes as every } from '../../contracts/routes.ts';
import { lax } from '../../functions/kit/http/lax.ts';
import { effort } from '../support/effort.ts';
import { create, faultsOf, type Hostile, mark, noId, openHostile } from './support/refused.ts';

const routes: readonly Route[] = every;
let wire: Hostile;
let project_id: string;
let model_id: string;
let good: Record<string, unknown>;
beforeAll(async () => {
  wire = await openHostile();
  ({ project_id, model_id } = await wire.ready());
  good = { model_id, name: 'd', stage: 'staging' };
});
afterAll(() => {
  vi.unstubAllEnvs();
  wire.silent();
});
const post = (path: string, body: unknown, headers = {}) => wire.send('POST', path, { body, headers });

test('H72: no validator takes long over fifty thousand letters and an exclamation mark', () => {
  const texts = ['a', ' ', '/', '-', '\u0000', '0', '1_', '%', '"', '\\'].map(
    (letter) => `${letter.repeat(50_000)}!`,
  );
  const parts = routes.flatMap(({ params, query, body }) =>
    [params, query, body].filter((type) => type !== undefined),
  );
  const strings = parts.flatMap((part) => (part instanceof z.ZodObject ? Object.values(part.shape) : []));
  expect(strings.length).toBeGreaterThan(40);
  for (const type of strings)
    for (const text of texts) {
      const timed = () => {
        const began = effort();
        z.safeParse(type as z.ZodType, lax(type as z.ZodType, text));
        return effort() - began;
      };
      expect(Math.min(timed(), timed(), timed())).toBeLessThan(25);
    }
});

test('H73: the same key and body a hundred times at once has one effect', async () => {
  const headers = { 'idempotency-key': 'a hundred' };
  const ask = () => post(`/api/mlops/projects/${project_id}/deployments`, { ...good, name: 'once' }, headers);
  const answers = await Promise.all(Array.from({ length: 100 }, ask));
  const made = answers.filter(({ status }) => status === 201);
  expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ status }) => ![201, 409].includes(status))).toEqual([]);
  const { items } = (await wire.send('GET', `/api/mlops/projects/${project_id}/deployments`)).body;
  expect(items.filter(({ config }: { config: { name: string } }) => config.name === 'once')).toHaveLength(1);
});

test('H74: the same key with another body is refused', async () => {
  const headers = { 'idempotency-key': 'another' };
  await post('/api/projects', { name: 'first' }, headers);
  const got = await wire.refused(422, 'POST', '/api/projects', { body: { name: mark }, headers });
  expect(got.body).toEqual({ detail: 'Idempotency-Key was used with another request' });
});

test('H75: the same key of another caller is another request', async () => {
  const headers = { 'idempotency-key': 'mine' };
  const key = await wire.keyWith();
  const made = [
    await post('/api/projects', { name: 'mine' }, headers),
    await wire.send('POST', '/api/projects', { body: { name: 'yours' }, headers, key }),
  ];
  expect(made.map(({ status }) => status)).toEqual([201, 201]);
});

test('H76: a key that is empty, too long, of other letters or of two lines is none', async () => {
  for (const key of ['', 'k'.repeat(256), 'ключ', 'a\nb', 'a\r\nx: y', '\u0000'])
    await wire.refused(400, 'POST', '/api/projects', {
      body: { name: mark },
      headers: { 'idempotency-key': key },
    });
});

test('H77: however promotions and a deactivation meet, one is in production at most, and the last 200 says which', async () => {
  const own = await wire.ready();
  const [a, b] = [
    await wire.deploy(own.project_id, own.model_id),
    await wire.deploy(own.project_id, own.model_id),
  ];
  const act = (id: string, what: string, body?: object) => post(`/api/mlops/deployments/${id}/${what}`, body);
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => act(a, 'promote', { to_stage: 'production' })),
    ...Array.from({ length: 5 }, () => act(b, 'promote', { to_stage: 'production' })),
    act(a, 'deactivate'),
  ]);
  expect(answers.filter(({ status }) => ![200, 409, 503].includes(status))).toEqual([]);
  const { items } = (await wire.send('GET', `/api/mlops/projects/${own.project_id}/deployments`)).body;
  const live = items.filter(({ stage }: { stage: string }) => stage === 'production');
  expect(live.length).toBeLessThanOrEqual(1);
  const project = (await wire.send('GET', `/api/projects/${own.project_id}`)).body.project;
  expect(project.production_deployment_id).toBe(live[0]?.id ?? null);
});

test('H78, H79: what was deactivated, failed or never came up predicts no longer than five seconds', async () => {
  const id = await wire.deploy(project_id, model_id);
  const predict = () => post(`/api/mlops/deployments/${id}/predict`, { inputs: {} });
  expect((await predict()).status).toBe(200);
  await post(`/api/mlops/deployments/${id}/deactivate`, undefined);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 5_001);
  const got = await predict();
  vi.useRealTimers();
  expect([got.status, got.body]).toEqual([409, { detail: 'Deployment is not active' }]);
  const own = await wire.ready();
  wire.store.set(`models/models/${own.model_id}/artifact`, Buffer.from('broken'));
  const failed = (await create(wire, own.project_id, { ...good, model_id: own.model_id })).body;
  expect(failed.status).toBe('failed');
  await wire.refused(409, 'POST', `/api/mlops/deployments/${failed.id}/predict`, { body: { inputs: {} } });
});

test('H80: methods that no route has are not allowed, however a header calls them', async () => {
  for (const method of ['TRACE', 'CONNECT', 'PATCH', 'OPTIONS', 'HEAD', 'get'])
    await wire.refused(405, method, '/api/projects', { headers: { origin: 'https://evil.example' } });
  const over = await wire.send('GET', '/api/projects', {
    headers: {
      'x-http-method-override': 'POST',
      'x-method-override': 'DELETE',
      origin: 'https://evil.example',
    },
  });
  expect(over.status).toBe(200);
  expect(Object.keys(over.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('H81: paths are what they are: nothing is folded, decoded twice or cut; ids have one form', async () => {
  for (const path of [
    '/api/%2e%2e/projects',
    '/api//projects',
    '/api/projects/',
    '/api/projects;jsessionid=1',
    '/API/projects',
    '/api/projects%2F',
    '//api/projects',
    '/api/./projects',
  ])
    await wire.refused(404, 'GET', path);
  const id = await wire.deploy(project_id, model_id);
  for (const wrong of [
    `{${id}}`,
    `%7B${id}%7D`,
    `${id}%00`,
    `${id};x`,
    `${id}%20`,
    `%2e%2e`,
    `urn:uuid:${id}`,
    id.replaceAll('-', ''),
  ])
    expect(faultsOf(await wire.refused(422, 'GET', `/api/mlops/deployments/${wrong}`))).toEqual([
      'uuid_parsing path.deployment_id',
    ]);
  expect((await wire.send('GET', `/api/mlops/deployments/${id.toUpperCase()}`)).body.deployment.id).toBe(id);
});

test('H83: a key that asks more often than it may waits, and no other does', async () => {
  const [key, other] = [await wire.keyWith(), await wire.keyWith()];
  vi.stubEnv('REQUESTS_PER_SECOND', '2');
  const ask = (as: string) => wire.send('GET', `/api/projects/${noId}`, { key: as });
  const statuses: number[] = [];
  for (let i = 0; i < 60; i++) statuses.push((await ask(key)).status);
  const got = await ask(key);
  if (got.status === 429) expect(Number(got.headers['retry-after'])).toBeGreaterThan(0);
  expect(statuses).toContain(429);
  expect((await ask(other)).status).toBe(404);
  vi.unstubAllEnvs();
});
