import { beforeAll, expect, test } from 'vitest';
import { noId } from './support/wire.ts';
import { openWorkspace, type Workspace } from './support/workspaces.ts';

let ws: Workspace;
beforeAll(async () => {
  ws = await openWorkspace();
});
const words = (body: { status_history: { status: string }[] }) => body.status_history.map((h) => h.status);

test('a new deployment is version 1, CREATED, and tells every key', async () => {
  const { status, body, headers } = await ws.create('first', { project: 'a/b' });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^model-deployment-[1-9A-HJ-NP-Za-km-z]{20,22}$/),
    name: 'first',
    workspace: ws.name,
    project: 'a/b',
    created_at: expect.any(String),
    updated_at: body.created_at,
    entity_version: 1,
    config: 'llama',
    config_version: 2,
    status: 'CREATED',
    status_message: 'Deployment created',
    status_history: [],
    model_provider_id: null,
    auth_context: {
      principal_id: expect.stringMatching(/^key:/),
      principal_email: null,
      principal_groups: [],
      principal_on_behalf_of: null,
      principal_on_behalf_of_groups: null,
      principal_on_behalf_of_email: null,
    },
  });
  expect(headers['content-type']).toBe('application/json');
  expect(await ws.get('first')).toEqual(body);
});

test('the first report tells of the creation too, both with the time of the report', async () => {
  await ws.create('report');
  const { status, body } = await ws.report('report', { status: 'PENDING', model_provider_id: 'a/p' });
  const timestamp = body.updated_at;
  expect(status).toBe(200);
  expect(body.status_history).toEqual([
    { timestamp, status: 'CREATED', status_message: 'Deployment created' },
    { timestamp, status: 'PENDING', status_message: '' },
  ]);
  expect([body.status, body.status_message, body.model_provider_id]).toEqual(['PENDING', '', 'a/p']);
  expect([body.entity_version, body.project]).toEqual([1, null]);
  expect(await ws.get('report')).toEqual(body);
});

test('what is known already writes nothing, and its provider is not taken', async () => {
  await ws.create('same');
  const first = await ws.report('same', { status: 'READY', status_message: 'up', model_provider_id: 'a/b' });
  const before = ws.kept();
  const again = await ws.report('same', { status: 'READY', status_message: 'up', model_provider_id: 'c/d' });
  expect(ws.kept()).toBe(before);
  expect([again.status, again.body]).toEqual([200, first.body]);
});

test('a report without a message clears it, and a provider of null clears nothing', async () => {
  await ws.create('clear');
  await ws.report('clear', { status: 'ERROR', status_message: 'boom', model_provider_id: 'a/b' });
  const { body } = await ws.report('clear', { status: 'ERROR', model_provider_id: null });
  expect([body.status_message, body.model_provider_id]).toEqual(['', 'a/b']);
  expect(body.status_history.map((h: { status_message: string }) => h.status_message)).toEqual([
    'Deployment created',
    'boom',
    '',
  ]);
});

test('what is to be deleted can only be reported deleted; no client is to try again', async () => {
  await ws.create('going');
  expect(await ws.ask('DELETE', '/going')).toMatchObject({ status: 202, body: null });
  for (const status of ['READY', 'DELETING', 'LOST', 'UNKNOWN', 'CREATED']) {
    const got = await ws.report('going', { status });
    expect([got.status, got.body]).toEqual([
      409,
      { detail: 'Deployment is marked for deletion (DELETING). Only transition to DELETED is allowed.' },
    ]);
    expect(got.headers['x-should-retry']).toBe('false');
  }
  const gone = await ws.report('going', { status: 'DELETED', status_message: 'bye' });
  expect(gone.status).toBe(200);
  expect(gone.body.status_history.map((h: object) => ({ ...h, timestamp: '' }))).toEqual([
    { timestamp: '', status: 'DELETING', status_message: 'Deployment deletion requested' },
    { timestamp: '', status: 'DELETED', status_message: 'bye' },
  ]);
  expect((await ws.report('going', { status: 'READY' })).status).toBe(200);
});

test('a deletion is not shown in the history until the next report, and asking again is 202 again', async () => {
  await ws.create('twice');
  await ws.report('twice', { status: 'READY' });
  expect((await ws.ask('DELETE', '/twice')).status).toBe(202);
  const before = ws.kept();
  expect((await ws.ask('DELETE', '/twice')).status).toBe(202);
  expect(ws.kept()).toBe(before);
  const body = await ws.get('twice');
  expect([body.status, body.status_message]).toEqual(['DELETING', 'Deployment deletion requested']);
  expect(words(body)).toEqual(['CREATED', 'READY']);
});

test('versions are immutable, numbered, newest first; a report goes to the latest or to the one named', async () => {
  await ws.create('many', { config_version: 1, project: 'p' });
  const second = await ws.update('many');
  expect([second.status, second.body.entity_version]).toEqual([201, 2]);
  expect([second.body.status, second.body.status_message, second.body.project]).toEqual([
    'PENDING',
    'Deployment update pending',
    'p',
  ]);
  await ws.report('many', { status: 'READY' });
  await ws.report('many', { status: 'ERROR' }, '?version=1');
  const { body } = await ws.ask('GET', '/many/versions');
  expect(body.map((d: Record<string, unknown>) => [d.entity_version, d.config_version, d.status])).toEqual([
    [2, 2, 'READY'],
    [1, 1, 'ERROR'],
  ]);
  expect((await ws.ask('GET', '/many/versions/1')).body).toEqual(body[1]);
  expect(words(body[0])).toEqual(['PENDING', 'READY']);
  expect((await ws.ask('GET', '/nobody/versions')).body).toEqual([]);
});

test.each([
  ['?version=', 200, undefined],
  ['', 200, undefined],
  ['?version=%201%20', 200, undefined],
  ['?version=%2B1', 200, undefined],
  ['?version=0_1', 200, undefined],
  ['?version=7&version=1', 200, undefined],
  ['?version=x', 400, "Invalid version 'x': must be a positive integer"],
  ['?version=1.0', 400, "Invalid version '1.0': must be a positive integer"],
  ['?version=1__0', 400, "Invalid version '1__0': must be a positive integer"],
  ['?version=%20', 400, "Invalid version ' ': must be a positive integer"],
  ['?version=0', 404, "Deployment '@/versioned' version '0' not found"],
  ['?version=-1', 404, "Deployment '@/versioned' version '-1' not found"],
  ['?version=%202', 404, "Deployment '@/versioned' version ' 2' not found"],
  ['?version=99999999999999999999', 404, "Deployment '@/versioned' version '99999999999999999999' not found"],
])('a report to %s is answered %s', async (query, status, detail) => {
  if ((await ws.ask('GET', '/versioned')).status === 404) await ws.create('versioned');
  const got = await ws.report('versioned', { status: 'READY' }, query);
  expect([got.status, got.body.detail]).toEqual([status, detail?.replace('@', ws.name)]);
});

test('what is not there is not found, in every place, and a foreign workspace is not there', async () => {
  const foreign = await ws.keyWith({ scopes: ['read', 'write'], project_ids: [noId] });
  await ws.create('mine');
  const gone = (name: string) => ({ detail: `Deployment '${ws.name}/${name}' not found` });
  for (const [name, key] of [
    ['none', undefined],
    ['mine', foreign],
  ] as const) {
    const sent = key === undefined ? {} : { key };
    for (const [method, path, body] of [
      ['GET', `/${name}`, undefined],
      ['DELETE', `/${name}`, undefined],
      ['POST', `/${name}/status`, { status: 'READY' }],
    ] as const) {
      const got = await ws.ask(method, path, { ...sent, ...(body && { body }) });
      expect([method, got.status, got.body]).toEqual([method, 404, gone(name)]);
    }
    for (const method of ['GET', 'DELETE']) {
      const got = await ws.ask(method, `/${name}/versions/3`, sent);
      expect([got.status, got.body]).toEqual([
        404,
        { detail: `Deployment '${ws.name}/${name}' version '3' not found` },
      ]);
    }
  }
  expect((await ws.ask('GET', '', { key: foreign })).body.pagination.total_results).toBe(0);
  expect((await ws.ask('GET', '/mine/versions', { key: foreign })).body).toEqual([]);
  const noWhere = await ws.ask('POST', '', { key: foreign, body: { name: 'x', config: 'llama' } });
  expect([noWhere.status, noWhere.body]).toEqual([404, { detail: `Workspace '${ws.name}' not found` }]);
});

test('names and versions that cannot be taken say why', async () => {
  await ws.create('taken');
  const at = `with workspace '${ws.name}' and name`;
  const rows = [
    [await ws.create('taken'), 409, `Deployment ${at} 'taken' already exists`],
    [await ws.create('c', { config: 'no' }), 400, `Deployment config '${ws.name}/no' does not exist`],
    [
      await ws.create('c', { config_version: 9 }),
      400,
      `Deployment config '${ws.name}/llama' version '9' does not exist`,
    ],
    [await ws.update('nobody'), 400, `Deployment ${at} 'nobody' does not exist`],
    [await ws.ask('GET', '/taken/versions/x'), 400, "Invalid version 'x': must be a positive integer"],
    [await ws.ask('DELETE', '/taken/versions/x'), 400, "Invalid version 'x': must be a positive integer"],
    [await ws.ask('DELETE', '/taken/versions/0'), 404, `Deployment '${ws.name}/taken' version '0' not found`],
  ] as const;
  for (const [got, status, detail] of rows) expect([got.status, got.body]).toEqual([status, { detail }]);
  for (const config_version of [0, null])
    expect((await ws.create(`latest-${config_version}`, { config_version })).body.config_version).toBe(2);
});

test('what is deleted in all its versions is removed, and its name is free', async () => {
  await ws.create('cycle');
  await ws.update('cycle');
  await ws.report('cycle', { status: 'DELETED' }, '?version=1');
  expect((await ws.ask('DELETE', '/cycle')).status).toBe(202);
  expect((await ws.ask('GET', '/cycle/versions/1')).body.status_message).toBe('');
  await ws.report('cycle', { status: 'DELETED' });
  const got = await ws.ask('DELETE', '/cycle');
  // A client that is told of JSON where there is nothing fails to read it.
  expect([got.status, got.body, got.headers['content-type']]).toEqual([204, undefined, undefined]);
  expect((await ws.ask('GET', '/cycle')).status).toBe(404);
  expect((await ws.create('cycle')).body.entity_version).toBe(1);
});

test('one version is marked and removed by itself', async () => {
  await ws.create('single');
  await ws.update('single');
  expect((await ws.ask('DELETE', '/single/versions/1')).status).toBe(202);
  expect((await ws.get('single')).status).toBe('PENDING');
  await ws.report('single', { status: 'DELETED' }, '?version=1');
  expect((await ws.ask('DELETE', '/single/versions/1')).status).toBe(204);
  expect((await ws.ask('GET', '/single/versions')).body).toHaveLength(1);
});

test('a deletion of more versions than one transaction takes goes on to its end', async () => {
  await ws.create('heap');
  for (let n = 2; n <= 34; n++) await ws.update('heap');
  expect((await ws.ask('DELETE', '/heap')).status).toBe(202);
  const { body } = await ws.ask('GET', '/heap/versions');
  expect(new Set(body.map((d: { status: string }) => d.status))).toEqual(new Set(['DELETING']));
  for (let n = 1; n <= 34; n++) await ws.report('heap', { status: 'DELETED' }, `?version=${n}`);
  expect((await ws.ask('DELETE', '/heap')).status).toBe(204);
  expect((await ws.ask('GET', '/heap/versions')).body).toEqual([]);
});

test('a revision that the caller did not see is refused', async () => {
  await ws.create('tagged');
  const tag = (await ws.ask('GET', '/tagged')).headers.etag;
  expect(tag).toBe('"1"');
  const headers = { 'if-match': '"7"' };
  for (const [method, path, body] of [
    ['POST', '/tagged/status', { status: 'READY' }],
    ['POST', '/tagged', { config: 'llama' }],
    ['DELETE', '/tagged', undefined],
  ] as const)
    expect((await ws.ask(method, path, { headers, ...(body && { body }) })).status).toBe(412);
  expect(
    (await ws.ask('POST', '/tagged/status', { headers: { 'if-match': '"1"' }, body: { status: 'READY' } }))
      .status,
  ).toBe(200);
});

test('a request with a key is done once', async () => {
  const sent = { headers: { 'idempotency-key': 'one' }, body: { name: 'once', config: 'llama' } };
  const [a, b] = [await ws.ask('POST', '', sent), await ws.ask('POST', '', sent)];
  expect([a.status, b.status, b.body]).toEqual([201, 201, a.body]);
  expect(b.headers['idempotency-replayed']).toBe('true');
  const gone = { headers: { 'idempotency-key': 'two' } };
  expect((await ws.ask('DELETE', '/once', gone)).status).toBe(202);
  expect(await ws.ask('DELETE', '/once', gone)).toMatchObject({ status: 202, body: null });
});

test('who may not, is told in this dialect', async () => {
  const reader = await ws.keyWith({ scopes: ['read'] });
  const rows = [
    [{ key: null }, 401, 'Unauthorized'],
    [{ key: 'slw_no' }, 401, 'Invalid or expired token'],
    [{ key: reader }, 403, 'Forbidden'],
  ] as const;
  for (const [sent, status, detail] of rows) {
    const got = await ws.ask('POST', '/x/status', { ...sent, body: { status: 'READY' } });
    expect([got.status, got.body]).toEqual([status, { detail }]);
  }
});

test('where nothing runs elsewhere, reports and changes are refused by a text, after their bodies were read', async () => {
  process.env.EXTERNAL_DEPLOYMENTS = 'none';
  const detail = "Deployments are not enabled because the backend runtime is set to 'none'";
  const rows = [
    await ws.report('x', { status: 'READY' }, '?version=x'),
    await ws.create('x'),
    await ws.update('x'),
    await ws.ask('DELETE', '/x'),
    await ws.ask('DELETE', '/x/versions/1'),
    await ws.config('POST', '/x', { body: { engine: 'nim', model_spec: {}, executor_config: { gpu: 1 } } }),
    await ws.config('DELETE', '/x'),
    await ws.config('DELETE', '/x/versions/1'),
  ];
  expect((await ws.report('x', {})).body.detail[0].type).toBe('missing');
  delete process.env.EXTERNAL_DEPLOYMENTS;
  for (const { status, body } of rows) expect([status, body]).toEqual([422, { detail }]);
});
