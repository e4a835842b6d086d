import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { openWorkspace, type Workspace } from './support/workspaces.ts';

let ws: Workspace;
beforeAll(async () => {
  ws = await openWorkspace();
});

const of = (type: string, msg: string, ctx?: object) => ({ type, msg, ctx });
const enumeration = (expected: string) => of('enum', `Input should be ${expected}`, { expected });
const status = enumeration(
  "'UNKNOWN', 'CREATED', 'PENDING', 'READY', 'ERROR', 'DELETING', 'DELETED' or 'LOST'",
);
const engine = enumeration("'nim', 'vllm' or 'generic'");
const name = is.pattern('^[\\w\\-.]+$');
const project = is.pattern('^[\\w\\-./]+$');
const long = (n: number) => 'a'.repeat(n);

type Words = Parameters<typeof item>[0];
type Row = [path: string, body: object, loc: (string | number)[], words: Words, input: unknown];

const rest = { model_spec: {}, executor_config: { gpu: 0 } };
const config = { engine: 'nim', ...rest };
const report = '/deployments/x/status';
const reports: Row[] = [
  [report, {}, ['status'], is.missing, {}],
  [report, { status_message: 'a' }, ['status'], is.missing, { status_message: 'a' }],
  [report, { status: null }, ['status'], status, null],
  [report, { status: 'ready' }, ['status'], status, 'ready'],
  [report, { status: 'FAILED' }, ['status'], status, 'FAILED'],
  [report, { status: 3 }, ['status'], status, 3],
  [report, { status: ['READY'] }, ['status'], status, ['READY']],
  [report, { status: 'READY', status_message: null }, ['status_message'], is.string, null],
  [report, { status: 'READY', status_message: 7 }, ['status_message'], is.string, 7],
  [report, { status: 'READY', status_message: long(1001) }, ['status_message'], is.tooLong(1000), long(1001)],
  [report, { status: 'READY', model_provider_id: 7 }, ['model_provider_id'], is.string, 7],
  [
    report,
    { status: 'READY', model_provider_id: long(256) },
    ['model_provider_id'],
    is.tooLong(255),
    long(256),
  ],
];
const creates: Row[] = [
  ['/deployments', { config: 'c' }, ['name'], is.missing, { config: 'c' }],
  ['/deployments', { name: 'a' }, ['config'], is.missing, { name: 'a' }],
  ...[null, 5, ['a']].map(
    (value): Row => ['/deployments', { name: value, config: 'c' }, ['name'], is.string, value],
  ),
  ...['', 'a b', 'a/b', 'a\n', 'a%', '😀'].map(
    (value): Row => ['/deployments', { name: value, config: 'c' }, ['name'], name, value],
  ),
  ['/deployments', { name: long(256), config: 'c' }, ['name'], is.tooLong(255), long(256)],
  ['/deployments', { name: 'a', config: null }, ['config'], is.string, null],
  ['/deployments', { name: 'a', config: 'c', project: 'a b' }, ['project'], project, 'a b'],
  ['/deployments', { name: 'a', config: 'c', config_version: 'x' }, ['config_version'], is.int, 'x'],
  ['/deployments', { name: 'a', config: 'c', config_version: 1.5 }, ['config_version'], is.fraction, 1.5],
  ['/deployments/a', {}, ['config'], is.missing, {}],
];
const configs: Row[] = [
  ['/deployment-configs', config, ['name'], is.missing, config],
  ['/deployment-configs', { ...config, name: 'a', engine: 'NIM' }, ['engine'], engine, 'NIM'],
  ['/deployment-configs/a', { ...config, model_spec: null }, ['model_spec'], is.model, null],
  ['/deployment-configs/a', { ...config, executor_config: {} }, ['executor_config', 'gpu'], is.missing, {}],
  [
    '/deployment-configs/a',
    { ...config, executor_config: { gpu: -1 } },
    ['executor_config', 'gpu'],
    is.ge(0),
    -1,
  ],
  [
    '/deployment-configs/a',
    { ...config, executor_config: { gpu: null } },
    ['executor_config', 'gpu'],
    is.intType,
    null,
  ],
  [
    '/deployment-configs/a',
    { ...config, executor_config: { gpu: 1, additional_args: [1] } },
    ['executor_config', 'additional_args', 0],
    is.string,
    1,
  ],
  [
    '/deployment-configs/a',
    { ...config, executor_config: { gpu: 1, additional_envs: { A: 1 } } },
    ['executor_config', 'additional_envs', 'A'],
    is.string,
    1,
  ],
  [
    '/deployment-configs/a',
    { ...config, model_spec: { model_type: 'x' } },
    ['model_spec', 'model_type'],
    enumeration("'llm', 'embed' or 'other'"),
    'x',
  ],
  [
    '/deployment-configs/a',
    { ...config, model_spec: { lora_enabled: 'maybe' } },
    ['model_spec', 'lora_enabled'],
    is.bool,
    'maybe',
  ],
  [
    '/deployment-configs/a',
    { ...config, model_spec: { tool_call_config: { tool_call_parser: long(256) } } },
    ['model_spec', 'tool_call_config', 'tool_call_parser'],
    is.tooLong(255),
    long(256),
  ],
  [
    '/deployment-configs/a',
    { ...config, description: long(1001) },
    ['description'],
    is.tooLong(1000),
    long(1001),
  ],
];

test.each([...reports, ...creates, ...configs])(
  '%s refuses %j to the letter',
  async (path, body, loc, words, input) => {
    const got = await ws.send('POST', `${ws.base}${path}`, { body });
    expect(spelled(got.body)).toBe(spelled({ detail: [item(words, ['body', ...loc], input)] }));
    expect(got.status).toBe(422);
  },
);

describe('a body that is none', () => {
  const paths = [
    '/deployments',
    '/deployments/x',
    '/deployments/x/status',
    '/deployment-configs',
    '/deployment-configs/x',
  ];
  const object = of('model_attributes_type', is.model.msg);
  test.each(paths)('is refused by %s', async (path) => {
    const refused = async (sent: object) => {
      const got = await ws.send('POST', `${ws.base}${path}`, sent);
      return [got.status, spelled(got.body)];
    };
    const words = (fault: object) => [422, spelled({ detail: [fault] })];
    expect(await refused({})).toEqual(words(item(is.missing, ['body'], null)));
    expect(await refused({ raw: '[]' })).toEqual(words(item(object, ['body'], [])));
    expect(await refused({ raw: '"READY"' })).toEqual(words(item(object, ['body'], 'READY')));
    expect(await refused({ raw: '{}', headers: { 'content-type': 'text/plain' } })).toEqual(
      words(item(object, ['body'], '{}')),
    );
    expect(await refused({ raw: '{"status": }' })).toEqual(
      words(item(is.json('Expecting value'), ['body', 11], {})),
    );
  });
});

test('lengths are counted in code points, and unknown keys are ignored', async () => {
  await ws.create('points');
  const told = { status: 'ERROR', status_message: '😀'.repeat(1000), version: 4, bogus: {} };
  const { status: code, body } = await ws.report('points', told);
  expect([code, body.status_message]).toEqual([200, told.status_message]);
  expect(Object.keys(body)).not.toContain('bogus');
  expect((await ws.create('é.Ж-١_')).status).toBe(201);
});

test.each([
  ['page=0', ['page'], is.ge(1), '0'],
  ['page=x', ['page'], is.int, 'x'],
  ['page_size=0', ['page_size'], is.ge(1), '0'],
  ['page_size=1001', ['page_size'], is.le(1000), '1001'],
  ['all_versions=maybe', ['all_versions'], is.bool, 'maybe'],
  [
    'sort=status',
    ['sort'],
    is.literal("'created_at', 'updated_at', 'name', '-created_at', '-updated_at' or '-name'"),
    'status',
  ],
  ['filter%5Bstatus%5D=ready', ['filter', 'status'], status, 'ready'],
  ['filter%5Bbogus%5D=1', ['filter', 'bogus'], of('extra_forbidden', 'Extra inputs are not permitted'), '1'],
  [
    'filter%5Bname%5D%5B%24regex%5D=1',
    ['filter', 'name', '$regex'],
    of('extra_forbidden', 'Extra inputs are not permitted'),
    '1',
  ],
  [
    'filter%5Bcreated_at%5D%5B%24gte%5D=soon',
    ['filter', 'created_at', '$gte'],
    of('datetime_parsing', 'Input should be a valid datetime'),
    'soon',
  ],
] as const)('a list refuses %s to the letter', async (query, loc, words, input) => {
  const got = await ws.ask('GET', `?${query}`);
  expect(spelled(got.body)).toBe(spelled({ detail: [item(words as Words, ['query', ...loc], input)] }));
  expect(got.status).toBe(422);
});
