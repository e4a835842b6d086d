import { beforeAll, describe, expect, test } from 'vitest';
import { type Batching, openBatch } from './support/batching.ts';
import type { Sent } from './support/wire.ts';

let batch: Batching;
let model: string;
beforeAll(async () => {
  batch = await openBatch();
  model = await batch.model(2);
});

const act = (name: string, what: string, sent: Sent = {}) =>
  batch.send('POST', batch.path(model, `/${name}/${what}`), sent);
const get = (name: string) => batch.send('GET', batch.path(model, `/${name}`));
const remove = (name: string, sent: Sent = {}) => batch.send('DELETE', batch.path(model, `/${name}`), sent);
const events = (dep: string) =>
  batch.table
    .items('control')
    .filter((row) => (row.sk as { S: string }).S.startsWith('E#') && (row.dep as { S: string }).S === dep)
    .map((row) => (row.type as { S: string }).S);

const named: [what: string, method: string, suffix: string, body?: object][] = [
  ['get', 'GET', ''],
  ['delete', 'DELETE', ''],
  ['stop', 'POST', '/stop'],
  ['start', 'POST', '/start'],
  ['trigger', 'POST', '/trigger'],
  ['runs', 'GET', '/runs'],
  ['report', 'POST', '/runs', { airflow_run_id: 'r', status: 'queued' }],
  ['roles', 'PUT', '/allowed_roles', { allowed_roles: [] }],
];
test.each(named)(
  '%s of an unknown deployment, and of an unknown or foreign model, is not found',
  async (_, method, suffix, body) => {
    const key = await batch.keyWith({ project_ids: ['00000000-0000-4000-8000-000000000000'] });
    const before = batch.kept();
    const unknown = await batch.send(method, batch.path(model, `/nobody${suffix}`), { body });
    expect([unknown.status, unknown.body]).toEqual([
      404,
      { detail: `Deployment 'nobody' not found for model '${model}'` },
    ]);
    const nowhere = await batch.send(method, batch.path('none', `/x${suffix}`), { body });
    expect([nowhere.status, nowhere.body]).toEqual([404, { detail: "Model 'none' not found" }]);
    const foreign = await batch.send(method, batch.path(model, `/x${suffix}`), { body, key });
    expect(foreign.body).toEqual({ detail: `Model '${model}' not found` });
    expect(batch.kept().length - before.length).toBe(0);
  },
);

describe('stop and start', () => {
  test('go between active and stopped, tell when, may be repeated, and write their events', async () => {
    const { deployment_id } = await batch.created(model, { name: 'paused' });
    const stopped = await act('paused', 'stop');
    expect([stopped.status, stopped.body.status]).toEqual([200, 'stopped']);
    expect(stopped.body.stopped_at).toBe(stopped.body.updated_at);
    expect((await act('paused', 'stop')).body).toEqual(stopped.body);
    const started = await act('paused', 'start');
    expect([started.body.status, started.body.stopped_at]).toEqual(['active', null]);
    expect((await act('paused', 'start')).body).toEqual(started.body);
    expect(events(deployment_id)).toEqual([
      'deployment.created',
      'deployment.activated',
      'deployment.stopped',
      'deployment.started',
    ]);
  });

  test('of an archived or failed deployment are conflicts that say its state', async () => {
    await batch.created(model, { name: 'gone' });
    await remove('gone');
    for (const what of ['stop', 'start', 'trigger']) {
      const got = await act('gone', what);
      expect([got.status, got.body]).toEqual([409, { detail: "Deployment 'gone' is archived" }]);
    }
  });

  test('refuse an older revision than the one that is kept', async () => {
    await batch.created(model, { name: 'tagged' });
    const { headers } = await get('tagged');
    expect((await act('tagged', 'stop', { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await act('tagged', 'stop', { headers: { 'if-match': headers.etag ?? '' } })).status).toBe(200);
  });
});

describe('delete', () => {
  test('archives, may be repeated, shows the archived one, and frees the name', async () => {
    const first = await batch.created(model, { name: 'short' });
    const gone = await remove('short');
    expect([gone.status, gone.body.status]).toEqual([200, 'archived']);
    expect((await remove('short')).body).toEqual(gone.body);
    expect((await get('short')).body).toEqual(gone.body);
    const second = await batch.created(model, { name: 'short' });
    expect(second.deployment_id).not.toBe(first.deployment_id);
    expect((await get('short')).body.deployment_id).toBe(second.deployment_id);
    expect(events(first.deployment_id).at(-1)).toBe('deployment.deactivated');
  });

  test('of a stopped and of a failed one works alike', async () => {
    await batch.created(model, { name: 'resting' });
    await act('resting', 'stop');
    expect((await remove('resting')).body.status).toBe('archived');
    Object.assign(batch.tables, { outcome: 'failed', reason: 'no such table' });
    await batch.created(model, { name: 'broken' });
    Object.assign(batch.tables, { outcome: 'passed', reason: '' });
    expect((await act('broken', 'stop')).body).toEqual({ detail: "Deployment 'broken' is failed" });
    expect((await remove('broken')).body.status).toBe('archived');
  });

  test('a repeat with the same key gets the whole answer again', async () => {
    await batch.created(model, { name: 'keyed' });
    const headers = { 'idempotency-key': 'delete keyed' };
    const first = await remove('keyed', { headers });
    const again = await remove('keyed', { headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });
});

test('an alias is resolved whenever somebody looks, a pinned version stays', async () => {
  const set = (version: string) =>
    batch.send('PUT', `/api/models/${encodeURIComponent(model)}/aliases/champion`, { body: { version } });
  await set('1');
  await batch.created(model, { name: 'moving', model: { model_alias: 'champion' } });
  await batch.created(model, { name: 'pinned' });
  expect((await get('moving')).body).toMatchObject({
    model: { model_name: model, model_version: null, model_alias: 'champion' },
    resolved_model_version: '1',
  });
  await set('2');
  expect((await get('moving')).body.resolved_model_version).toBe('2');
  expect((await get('pinned')).body.resolved_model_version).toBe('1');
  await batch.send('DELETE', `/api/models/${encodeURIComponent(model)}/aliases/champion`);
  expect((await get('moving')).body.resolved_model_version).toBeNull();
});
