import { beforeAll, expect, test } from 'vitest';
import { openWorkspace, upTo, type Workspace } from './support/workspaces.ts';

let ws: Workspace;
beforeAll(async () => {
  ws = await openWorkspace();
});
const plain = { engine: 'nim', model_spec: {}, executor_config: { gpu: 1 } };
const add = (name: string, more: object = {}) => ws.config('POST', '', { body: { name, ...plain, ...more } });

test('a configuration tells every key; what was not said is null, what has a default has it', async () => {
  const { status, body } = await add('full', {
    project: 'a/b',
    model_entity_id: 'default/llama',
    model_spec: { model_type: 'llm', tool_call_config: { auto_tool_choice: 'yes' }, bogus: 1 },
    executor_config: { gpu: '2', override_config: { deep: { x: null } }, additional_envs: { A: 'b' } },
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^model-deployment-config-/),
    name: 'full',
    workspace: ws.name,
    project: 'a/b',
    created_at: expect.any(String),
    updated_at: body.created_at,
    entity_version: 1,
    description: null,
    engine: 'nim',
    model_spec: {
      ...{ model_type: 'llm', model_namespace: null, model_name: null, model_revision: null },
      ...{ chat_template: null, lora_enabled: false },
      tool_call_config: { tool_call_parser: null, tool_call_plugin: null, auto_tool_choice: true },
    },
    executor_config: {
      ...{ gpu: 2, disk_size: '50Gi', image_name: null, image_tag: null, health_check_path: null },
      ...{ run_as_user: null, run_as_group: null, additional_envs: { A: 'b' }, additional_args: null },
      ...{ k8s_nim_operator_config: null, override_config: { deep: { x: null } } },
    },
    model_entity_id: 'default/llama',
  });
  const read = await ws.config('GET', '/full');
  expect([read.body, read.headers.etag]).toEqual([body, '"1"']);
});

test('a new version keeps the project and nothing else', async () => {
  await add('kept', { project: 'p', description: 'old', model_entity_id: 'a/b' });
  const { status, body } = await ws.config('POST', '/kept', { body: { ...plain, engine: 'vllm' } });
  expect([status, body.entity_version, body.project, body.description, body.model_entity_id]).toEqual([
    ...[201, 2, 'p', null, null],
  ]);
  const versions = (await ws.config('GET', '/kept/versions')).body;
  expect(
    versions.map((c: { entity_version: number; engine: string }) => [c.entity_version, c.engine]),
  ).toEqual([
    [2, 'vllm'],
    [1, 'nim'],
  ]);
  expect((await ws.config('GET', '/kept/versions/1')).body).toEqual(versions[1]);
  expect((await ws.config('GET', '/none/versions')).body).toEqual([]);
});

test('what is there already, what is not there, and what is no number say so', async () => {
  await add('there');
  const at = `with workspace '${ws.name}' and name`;
  const gone = `Deployment config '${ws.name}/none'`;
  const rows = [
    [await add('there'), 409, `Deployment config ${at} 'there' already exists`],
    [await ws.config('POST', '/none', { body: plain }), 400, `Deployment config ${at} 'none' does not exist`],
    [await ws.config('GET', '/none'), 404, `${gone} not found`],
    [await ws.config('DELETE', '/none'), 404, `${gone} not found`],
    [await ws.config('GET', '/none/versions/1'), 404, `${gone} version '1' not found`],
    [await ws.config('DELETE', '/none/versions/0'), 404, `${gone} version '0' not found`],
    [await ws.config('GET', '/there/versions/x'), 400, "Invalid version 'x': must be a positive integer"],
    [
      await ws.send('POST', '/apis/models/v2/workspaces/nowhere/deployment-configs', {
        body: { name: 'x', ...plain },
      }),
      404,
      "Workspace 'nowhere' not found",
    ],
  ] as const;
  for (const [got, status, detail] of rows) expect([got.status, got.body]).toEqual([status, { detail }]);
});

const both = (a: string, b: string) => `executor_config.${a} and executor_config.${b}`;
const platform = 'to be set (no platform default exists for a generic container).';
test.each([
  [{ gpu: 0 }, {}, `The 'generic' engine requires ${both('image_name', 'health_check_path')} ${platform}`],
  [
    { gpu: 0, image_name: 'a', health_check_path: ' ' },
    {},
    `The 'generic' engine requires executor_config.health_check_path ${platform}`,
  ],
  [
    { gpu: 0, image_name: ' a', health_check_path: '/h' },
    {},
    'executor_config.image_name must not have leading or trailing whitespace.',
  ],
  [
    { gpu: 0, image_name: 'a', health_check_path: '/h' },
    { lora_enabled: true },
    "The 'generic' engine does not support LoRA (model_spec.lora_enabled); there is no engine compiler to wire the adapter sidecar against.",
  ],
])('a container of no engine, %j and %j, is refused', async (executor_config, model_spec, detail) => {
  const got = await add('generic', { engine: 'generic', executor_config, model_spec });
  expect([got.status, got.body]).toEqual([400, { detail }]);
});

test('a configuration stays while the latest version of a deployment needs it', async () => {
  await add('used');
  await ws.config('POST', '/used', { body: plain });
  await ws.create('user', { config: 'used', config_version: 1 });
  await ws.create('other', { config: 'used' });
  const still = 'ModelDeployment(s) still reference it and are not in DELETED status';
  const refused = async (path: string, detail: string) => {
    const got = await ws.config('DELETE', path);
    expect([got.status, got.body]).toEqual([409, { detail }]);
    expect(got.headers['x-should-retry']).toBe('false');
  };
  const name = `Cannot delete ModelDeploymentConfig '${ws.name}/used'`;
  await refused('/used', `${name} because 2 ${still}. Delete the dependent deployments first.`);
  await refused('/used/versions/1', `${name} version 1 because 1 ${still}`);
  await ws.update('user', { config: 'llama' });
  expect(await ws.config('DELETE', '/used/versions/1')).toMatchObject({ status: 204, body: undefined });
  await ws.report('other', { status: 'DELETED' });
  expect((await ws.config('DELETE', '/used')).status).toBe(204);
  expect((await ws.config('GET', '/used')).status).toBe(404);
  expect((await add('used')).body.entity_version).toBe(1);
});

test('of a deletion and of deployments that are made at once, one side wins', async () => {
  for (const n of upTo(8)) {
    await add(`race-${n}`);
    const [gone, made] = await Promise.all([
      ws.config('DELETE', `/race-${n}`),
      ws.create(`racer-${n}`, { config: `race-${n}` }),
    ]);
    expect([
      [204, 400],
      [409, 201],
    ]).toContainEqual([gone.status, made.status]);
  }
});

test('lists leave out what is unset, and are filtered and paged', async () => {
  await add('listed-b', { description: 'about llamas', model_entity_id: 'x/y' });
  await add('listed-a');
  const list = (query: string) => ws.config('GET', `?${query}`);
  const { body } = await list('filter[name][$like]=listed&sort=-name&page_size=1&page=2');
  expect(body.pagination).toEqual({
    ...{ page: 2, page_size: 1, current_page_size: 1, total_pages: 2, total_results: 2 },
  });
  expect([body.sort, body.data[0].name]).toEqual(['-name', 'listed-a']);
  expect(Object.keys(body.data[0])).not.toContain('description');
  expect(body.data[0].executor_config).toEqual({ gpu: 1, disk_size: '50Gi' });
  expect((await list('filter[description][$like]=lama')).body.data).toHaveLength(1);
  expect((await list('filter[model_entity_id]=x/y')).body.data[0].name).toBe('listed-b');
  expect((await list('filter[workspace]=other')).body.pagination.total_results).toBe(0);
});

test('a revision that the caller did not see is refused, and a repeat of a create is done once', async () => {
  await add('tagged');
  const headers = { 'if-match': '"4"' };
  expect((await ws.config('POST', '/tagged', { headers, body: plain })).status).toBe(412);
  expect((await ws.config('DELETE', '/tagged', { headers })).status).toBe(412);
  const sent = { headers: { 'idempotency-key': 'c' }, body: { name: 'once', ...plain } };
  const [a, b] = [await ws.config('POST', '', sent), await ws.config('POST', '', sent)];
  expect([a.status, b.status, b.body]).toEqual([201, 201, a.body]);
});
