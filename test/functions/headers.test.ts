import { beforeAll, describe, expect, test } from 'vitest';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
});
const project = (name: string, key: string) =>
  wire.send('POST', '/api/projects', { body: { name }, headers: { 'idempotency-key': key } });

describe('every answer', () => {
  test.each([
    ['200', 'GET', '/api/projects', {}],
    ['401', 'GET', '/api/projects', { key: null }],
    ['404', 'GET', '/nope', {}],
    ['422', 'POST', '/api/projects', { body: {} }],
  ])(
    '%s is JSON, is not to be stored or guessed at, and carries the id of its request',
    async (status, method, path, sent) => {
      const got = await wire.send(method, path, { ...sent, headers: { 'x-request-id': 'mine 1' } });
      expect(String(got.status)).toBe(status);
      expect(got.headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': 'mine 1',
      });
      expect(Object.keys(got.headers).filter((name) => /server|powered|access-control/i.test(name))).toEqual(
        [],
      );
    },
  );

  test.each(['', 'x'.repeat(65), 'ä', 'a\nb'])(
    'a request id %j of another form is not repeated',
    async (id) => {
      const got = await wire.send('GET', '/api/projects', { headers: { 'x-request-id': id } });
      expect(got.headers['x-request-id']).toBe('gateway');
    },
  );

  test('an id of a request stays with its log', async () => {
    const id = await wire.deploy(project_id, model_id);
    await wire.send('POST', `/api/mlops/deployments/${id}/predict`, {
      body: { inputs: {} },
      headers: { 'x-request-id': 'r-1' },
    });
    const { body } = await wire.send('GET', `/api/mlops/deployments/${id}/inference-logs`);
    expect(body.items[0].request_id).toBe('r-1');
  });
});

describe('Idempotency-Key', () => {
  test.each(['', 'x'.repeat(256), 'ä', 'a\nb', '\u007f'])('%j is no key', async (key) => {
    const { status, body } = await project('x', key);
    expect([status, body]).toEqual([
      400,
      { detail: 'Idempotency-Key must be 1 to 255 printable ASCII characters' },
    ]);
  });

  test.each(['a', ' ', '~'.repeat(255)])('%j is one', async (key) => {
    expect((await project(`keyed ${key.length} ${key.charCodeAt(0)}`, key)).status).toBe(201);
  });

  test('a repeat gets the first answer, however its fields are ordered', async () => {
    const headers = { 'idempotency-key': 'ordered' };
    const first = await wire.send('POST', '/api/projects', {
      headers,
      raw: '{"name":"ordered","description":null}',
    });
    const again = await wire.send('POST', '/api/projects', {
      headers,
      raw: '{"description":null, "name":"ordered"}',
    });
    expect(again.body).toEqual(first.body);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
  });

  test('a refusal is repeated too, although it would be none by now', async () => {
    const body = { model_id: noId, name: 'd', stage: 'staging' };
    const ask = () =>
      wire.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
        body,
        headers: { 'idempotency-key': 'refused' },
      });
    expect(await ask()).toMatchObject({ status: 404, body: { detail: 'Model not found' } });
    expect(await ask()).toMatchObject({ status: 404, headers: { 'idempotency-replayed': 'true' } });
  });

  test('with another body it is refused', async () => {
    await project('one', 'another body');
    const { status, body } = await project('two', 'another body');
    expect([status, body]).toEqual([422, { detail: 'Idempotency-Key was used with another request' }]);
  });

  test('of another caller or on another path it is another request', async () => {
    const key = await wire.keyWith();
    const headers = { 'idempotency-key': 'shared' };
    expect((await wire.send('POST', '/api/projects', { headers, body: { name: 'p1' } })).status).toBe(201);
    expect((await wire.send('POST', '/api/projects', { headers, body: { name: 'p2' }, key })).status).toBe(
      201,
    );
    expect(
      (await wire.send('POST', '/api/models', { headers, body: { project_id, name: 'p1' } })).status,
    ).toBe(201);
  });

  test('while the first is at work a repeat is told to wait', async () => {
    const path = `/api/mlops/projects/${project_id}/deployments`;
    const sent = {
      body: { model_id, name: 'slow', stage: 'staging' },
      headers: { 'idempotency-key': 'slow' },
    };
    const both = await Promise.all([wire.send('POST', path, sent), wire.send('POST', path, sent)]);
    const [done, told] = both.sort((a, b) => a.status - b.status);
    expect(done?.status).toBe(201);
    expect(told).toMatchObject({
      status: 409,
      body: { detail: 'A request with this Idempotency-Key is in progress' },
      headers: { 'retry-after': '1' },
    });
  });

  test('is of no use to predict, and means nothing to a GET', async () => {
    const id = await wire.deploy(project_id, model_id);
    const headers = { 'idempotency-key': 'ä' };
    const predict = () =>
      wire.send('POST', `/api/mlops/deployments/${id}/predict`, { headers, body: { inputs: {} } });
    const ids = [await predict(), await predict()].map(({ body }) => body.log_ids[0]);
    expect(ids[0]).not.toBe(ids[1]);
    expect((await wire.send('GET', '/api/projects', { headers })).status).toBe(200);
  });
});
