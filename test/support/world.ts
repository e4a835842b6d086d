import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { bus } from '../../adapters/aws/events.ts';
import { sfn } from '../../adapters/aws/machines.ts';
import { type Answered, type Call, transport } from '../../adapters/aws/signed.ts';
import { client, table as documents, once } from '../../adapters/aws/table.ts';
import { outside } from '../../adapters/outbound/post.ts';
import type { OperationId } from '../../contracts/routes.ts';
import { routes } from '../../contracts/routes.ts';
import { type Machine, run } from '../../local/asl/run.ts';
import { isAwsProblem } from '../../local/awsHttp.ts';
import { openSecrets } from '../../local/awsSecrets.ts';
import { untold } from './audited.ts';
import { attach } from './dynamodb/client.ts';
import type { Command, Commands } from './dynamodb/types.ts';
import { encodeError } from './dynamodb/wire.ts';
import { ofBus, ofMachine } from './granted/asked.ts';
import { allowed, guard, namedFunctions } from './granted/granted.ts';
import { createTable, type Table } from './table.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;
interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a client sees JSON.
  body: Record<string, any>;
  headers: Record<string, string>;
}
export interface Asked {
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
  /** The body as it goes over the wire, where it is no JSON of ours. */
  raw?: string;
  headers?: Record<string, string | undefined>;
  key?: string;
}

const names = {
  CONTROL_TABLE: 'control',
  LOGS_TABLE: 'logs',
  AGGREGATES_TABLE: 'aggregates',
  IDEMPOTENCY_TABLE: 'idempotency',
  KEYS_TABLE: 'keys',
  MODELS_BUCKET: 'models',
  DATA_BUCKET: 'data',
  EVENT_BUS: 'slipway',
  ...{ DEPLOY_ARN: 'deploy', PROMOTE_ARN: 'promote', ROLLBACK_ARN: 'rollback', DEACTIVATE_ARN: 'deactivate' },
  DRIFT_ARN: 'drift',
  WARM_ARN: 'arn:aws:lambda:eu-west-1:1:function:predict:live',
  BATCHSCORE_ARN: 'batchScore',
  ENDRUN_ARN: 'endRun',
  SECRETS_PREFIX: 'slipway',
};

/** What the tables of the system are, by the names that its functions know. */
const schema = {
  control: ['pk', 'sk'],
  logs: ['pk', 'sk'],
  aggregates: ['pk', 'sk'],
  idempotency: ['pk'],
  keys: ['pk'],
};

/** Around each attempt of a call to a service: a test may look on, fail it, or let it wait. */
export type Around = <T>(call: { service: string; command: string }, run: () => Promise<T>) => Promise<T>;

/** What a test may change in a world while it stands; `renew` empties its tables. */
interface Hooks {
  table: Table;
  around: Around;
  /** Entered by a machine before each of its states. */
  entered(state: string): void;
  renew(): void;
}

const machines = new Map<string, Machine>();
function machineOf(name: string): Machine {
  const known = machines.get(name) ?? JSON.parse(readFileSync(`statemachines/${name}.asl.json`, 'utf8'));
  machines.set(name, known);
  return known;
}

/** The whole system in one process: real functions, real machines, and stand-ins where AWS would be. */
export async function createWorld(now: () => number = Date.now) {
  Object.assign(process.env, names);
  const hooks: Hooks = {
    table: createTable(schema, now),
    around: (_, run) => run(),
    entered: () => {},
    renew: () => {
      hooks.table = createTable(schema, now);
    },
  };
  const { table } = hooks;
  const send: Parameters<typeof attach>[1] = (command, input) =>
    hooks.around({ service: 'dynamodb', command }, () => {
      const missing = untold(command, input);
      if (missing.length > 0) throw new Error(`no event tells of a change of ${missing.join(', ')}`);
      return hooks.table.send(command, input as Commands[Command][0]);
    });
  for (const asks of [client, documents, once]) attach(asks, send);
  const store = new Map<string, Buffer>();
  const published: object[] = [];
  const secrets = openSecrets({ now });
  /** What was given to SES, as it was asked to send it. */
  const mail: Mail[] = [];
  const functions = namedFunctions<Handler>();
  for (const file of globSync('functions/*/*.ts', { exclude: ['functions/kit/**'] }))
    functions.set(
      basename(file, '.ts'),
      (await import(/* @vite-ignore */ join(process.cwd(), file))).handler,
    );

  guard(transport);
  transport.send = async (url, _, call) => {
    const { service, method } = call;
    if (service === 's3')
      return hooks.around({ service, command: method }, async () => object(store, url, call));
    if (service === 'lambda' && url.pathname.endsWith('/invocations'))
      return hooks.around({ service, command: 'Invoke' }, async () => {
        const name = decodeURIComponent(url.pathname.split('/').at(-2) ?? '');
        await functions.get(name)?.(JSON.parse(String(call.body)), {} as Context);
        return answered(202);
      });
    const command = (call.headers?.['x-amz-target'] ?? '').replace(/^.*\./, '');
    if (service === 'secretsmanager')
      return hooks.around({ service, command }, async () => secretly(secrets, command, call));
    if (service === 'ses')
      return hooks.around({ service, command: 'SendEmail' }, async () => {
        mail.push(JSON.parse(String(call.body)));
        return answered(200, Buffer.from(JSON.stringify({ MessageId: `mail-${mail.length}` })));
      });
    return hooks
      .around({ service, command }, () => asDynamo(hooks.table.answer, call))
      .catch((error) => ({ headers: {}, ...worded(error) }));
  };
  const machine = async ({ stateMachineArn, input }: Input) => {
    const output = await run(machineOf(String(stateMachineArn)), JSON.parse(String(input)), {
      invoke: async (name, payload) => functions.get(name)?.(payload, {} as Context),
      sleep: async () => {},
      now,
      random: Math.random,
      entered: (state) => hooks.entered(state),
    });
    return { status: 'SUCCEEDED', output: JSON.stringify(output) };
  };
  intercept(sfn, async (command, input) =>
    allowed(
      () => ofMachine(command, input),
      () => hooks.around({ service: 'states', command }, () => machine(input)),
    ),
  );
  intercept(bus, async (command, { Entries }) =>
    allowed(
      () => ofBus(command),
      () => {
        published.push(...(Entries as object[]));
        return { Entries: (Entries as object[]).map(() => ({ EventId: 'e' })) };
      },
    ),
  );

  // Nothing is looked up or called outside: every host has one public address, at which nobody answers.
  outside.resolve = async () => ['93.184.215.14'];
  outside.dial = () => ({ host: '127.0.0.1', port: 9 });

  let key = '';
  const call = async (id: OperationId | 'unknownRoute', asked: Asked = {}): Promise<Reply> => {
    const handler = functions.get(id);
    if (!handler) throw new Error(`no function ${id}`);
    const { statusCode, body, headers } = (await handler(eventOf(id, { key, ...asked }), {} as Context)) as {
      statusCode: number;
      body: string;
      headers: Record<string, string>;
    };
    return { status: statusCode, body: body === '' ? undefined : JSON.parse(body), headers };
  };
  const { makeAdminKey } = await import('../../scripts/adminKey.ts');
  key = await makeAdminKey({ controlTable: 'control', keysTable: 'keys' });
  return { table, store, published, mail, functions, call, key, hooks };
}
export type World = Awaited<ReturnType<typeof createWorld>>;

function eventOf(id: string, { params = {}, query = '', body, raw, headers = {}, key }: Asked) {
  const route = routes.find((r) => r.id === id);
  const path = (route?.path ?? '/').replaceAll(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    version: '2.0',
    rawPath: params.rawPath ?? path,
    rawQueryString: query,
    headers: {
      authorization: `Bearer ${key}`,
      ...(text && { 'content-type': 'application/json' }),
      ...headers,
    },
    pathParameters: params,
    requestContext: { requestId: 'request', http: { method: route?.method ?? 'GET', path } },
    body: text,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
}

type Input = Record<string, unknown>;
type Stack = { add(middleware: unknown, options: object): void };

/** Answer a client's calls before anything is made of them for the wire. */
function intercept(
  asks: { middlewareStack: unknown },
  answer: (command: string, input: Input) => Promise<object>,
) {
  const stack = asks.middlewareStack as Stack;
  const middleware =
    (_: unknown, { commandName = '' }: { commandName?: string }) =>
    async (args: { input: Input }) => ({
      response: {},
      output: await answer(commandName.replace(/Command$/, ''), args.input),
    });
  stack.add(middleware, { step: 'initialize', name: 'world', override: true });
}

/** S3 as far as the system asks for it: objects whole or in part, made where there is none, and the keys below a prefix. */
function object(store: Map<string, Buffer>, url: URL, { method, body = '', headers }: Call): Answered {
  if (url.searchParams.has('list-type')) return listed(store, url);
  const place = decodeURIComponent(url.pathname.slice(1));
  const from = headers?.['x-amz-copy-source'];
  if (method === 'PUT' && headers?.['if-none-match'] && store.has(place)) return answered(412);
  if (method === 'PUT') store.set(place, from ? (store.get(from) ?? Buffer.alloc(0)) : Buffer.from(body));
  const found = store.get(place);
  if (method === 'DELETE') store.delete(place);
  if (!found) return answered(404);
  return method === 'GET' ? partOf(found, headers?.range) : answered(200, Buffer.alloc(0), found.length);
}

const answered = (status: number, body: Buffer = Buffer.alloc(0), length = body.length): Answered => ({
  status,
  headers: { 'content-length': String(length) },
  body,
});

function partOf(bytes: Buffer, range: string | undefined): Answered {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  return first ? answered(206, bytes.subarray(Number(first), Number(last) + 1)) : answered(200, bytes);
}

function listed(store: Map<string, Buffer>, { pathname, searchParams }: URL): Answered {
  const bucket = `${decodeURIComponent(pathname.slice(1))}/`;
  const keys = [...store.keys()]
    .filter((place) => place.startsWith(bucket + (searchParams.get('prefix') ?? '')))
    .map((place) => place.slice(bucket.length))
    .filter((key) => key > (searchParams.get('start-after') ?? ''))
    .toSorted()
    .slice(0, 1000);
  const contents = keys.map((key) => `<Contents><Key>${encodeURIComponent(key)}</Key></Contents>`);
  return { status: 200, headers: {}, body: Buffer.from(`<R>${contents.join('')}</R>`) };
}

/** An e-mail as SES is asked to send it. */
interface Mail {
  FromEmailAddress: string;
  Destination: { ToAddresses: string[] };
  Content: { Simple: { Subject: { Data: string }; Body: Record<'Text' | 'Html', { Data: string }> } };
}

function secretly(secrets: ReturnType<typeof openSecrets>, operation: string, { body }: Call): Answered {
  try {
    return answered(200, Buffer.from(JSON.stringify(secrets.answer(operation, JSON.parse(String(body))))));
  } catch (error) {
    if (!isAwsProblem(error)) throw error;
    return answered(error.status, Buffer.from(JSON.stringify({ __type: error.type })));
  }
}

async function asDynamo(
  answer: (target: string, body: string) => Promise<{ status: number; body: string }>,
  call: Call,
) {
  const { status, body } = await answer(call.headers?.['x-amz-target'] ?? '', String(call.body));
  return { status, headers: {}, body: Buffer.from(body) };
}

/** A refusal of the service as the wire has it; what never came back stays an error. */
function worded(error: unknown): { status: number; body: Buffer } {
  const { status, body } = encodeError(error);
  return { status, body: Buffer.from(body) };
}

/** A project with a model that is ready, from a file of the project's own fixtures. */
export async function withModel(world: World, file = 'xgboost-binary.json', projectId?: string) {
  const { call, store } = world;
  const project_id =
    projectId ??
    (await call('createProject', { body: { name: `project ${Math.random()}` } })).body.project_id;
  const registered = await call('registerModel', { body: { project_id, name: `model ${Math.random()}` } });
  const model_id = registered.body.model_id;
  store.set(`models/uploads/${model_id}/artifact`, readFileSync(`test/fixtures/models/${file}`));
  const completed = await call('completeModel', { params: { model_id } });
  if (completed.status !== 200) throw new Error(JSON.stringify(completed.body));
  return { project_id: project_id as string, model_id: model_id as string };
}
