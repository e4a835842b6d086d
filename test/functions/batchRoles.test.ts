import { beforeAll, describe, expect, test } from 'vitest';
import { type Batching, openBatch } from './support/batching.ts';
import type { Sent } from './support/wire.ts';

let batch: Batching;
let model: string;
beforeAll(async () => {
  batch = await openBatch();
  model = await batch.model();
});

const at = (name: string, rest = '') => batch.path(model, `/${name}${rest}`);
const trigger = (name: string, body?: object, sent: Sent = {}) =>
  batch.send('POST', at(name, '/trigger'), { body, ...sent });

describe('roles', () => {
  const managing: [what: string, method: string, rest: string, body?: object][] = [
    ['stop', 'POST', '/stop'],
    ['start', 'POST', '/start'],
    ['trigger', 'POST', '/trigger'],
    ['report', 'POST', '/runs', { airflow_run_id: 'r', status: 'queued' }],
    ['allowed roles', 'PUT', '/allowed_roles', { allowed_roles: ['ops'] }],
    ['delete', 'DELETE', ''],
  ];
  const user = (roles: string[]) => batch.keyWith({ kind: 'user', roles });

  test.each([
    ['none', null],
    ['an empty list', []],
    ['others', ['ops']],
  ])('with %s a user may look and not manage', async (what, allowed_roles) => {
    const name = `r${what.length}`;
    const key = await user(['sales']);
    await batch.created(model, { name, allowed_roles });
    for (const [, method, rest, body] of managing) {
      const got = await batch.send(method, at(name, rest), { body, key });
      expect([got.status, got.body], rest).toEqual([403, { detail: 'Role not allowed' }]);
    }
    expect((await batch.send('GET', at(name), { key })).status).toBe(200);
    expect((await batch.send('GET', at(name, '/runs'), { key })).status).toBe(200);
  });

  test('with one of them a user may manage, and a replaced list counts at once', async () => {
    const ops = await user(['ops']);
    await batch.created(model, { name: 'shared', allowed_roles: ['dev', 'ops'] });
    expect((await trigger('shared', undefined, { key: ops })).status).toBe(200);
    const put = (allowed_roles: unknown, key?: string) =>
      batch.send('PUT', at('shared', '/allowed_roles'), { body: { allowed_roles }, key });
    const got = await put(['dev'], ops);
    expect([got.status, got.body.allowed_roles]).toEqual([200, ['dev']]);
    expect((await trigger('shared', undefined, { key: ops })).status).toBe(403);
    expect((await put([])).body.allowed_roles).toEqual([]);
    expect((await put(null)).body.allowed_roles).toBeNull();
    expect((await put(['*'])).status).toBe(422);
    expect((await batch.send('PUT', at('shared', '/allowed_roles'), { body: {} })).status).toBe(422);
  });

  test('an older revision does not replace them', async () => {
    await batch.created(model, { name: 'revised' });
    const send = (tag: string) =>
      batch.send('PUT', at('revised', '/allowed_roles'), {
        body: { allowed_roles: ['a'] },
        headers: { 'if-match': tag },
      });
    const { headers } = await batch.send('GET', at('revised'));
    expect((await send(headers.etag ?? '')).status).toBe(200);
    expect((await send(headers.etag ?? '')).status).toBe(412);
  });
});
