import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import type { Route } from '../../../contracts/route.ts';
import { routes } from '../../../contracts/routes.ts';
import { createWorld, withModel } from '../../support/world.ts';

export interface Sent {
  /** null: no Authorization at all. Absent: the key of the installation. */
  key?: string | null;
  body?: unknown;
  /** The body as it goes over the wire, where it is no JSON of ours. */
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
  /** As the gateway hands bodies on whose type is no text. */
  base64?: boolean;
}
export interface Got {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a client sees JSON.
  body: any;
  headers: Record<string, string>;
}

const patterns = routes.map((route: Route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** What a gateway makes of a path: the route whose path it is, the one with the fewest variables first. */
function routed(method: string, path: string) {
  const found = patterns
    .flatMap(({ route, pattern }) => {
      const match = route.method === method ? pattern.exec(path) : null;
      return match ? [{ route, params: { ...match.groups } }] : [];
    })
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)[0];
  const params = Object.entries(found?.params ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]);
  return { id: found?.route.id ?? 'unknownRoute', params: Object.fromEntries(params) };
}

/** The system behind its HTTP, in one process, and what it prints. */
export async function openWire() {
  const printed: string[] = [];
  for (const out of [process.stdout, process.stderr])
    vi.spyOn(out, 'write').mockImplementation((chunk) => {
      printed.push(String(chunk));
      return true;
    });
  const world = await createWorld();

  const send = async (method: string, target: string, sent: Sent = {}): Promise<Got> => {
    const [path = '', query = ''] = target.split(/\?(.*)/s);
    const { id, params } = routed(method, path);
    const handler = world.functions.get(id);
    if (!handler) throw new Error(`no function ${id}`);
    const event = { ...eventOf(method, path, query, sent, world.key), pathParameters: params };
    const reply = (await handler(event as unknown as APIGatewayProxyEventV2, {} as Context)) as {
      statusCode: number;
      body: string;
      headers: Record<string, string>;
    };
    return {
      status: reply.statusCode,
      body: reply.body === '' ? undefined : JSON.parse(reply.body),
      headers: reply.headers,
    };
  };

  const keyWith = async (more: object = {}): Promise<string> => {
    const body = { name: 'k', scopes: ['read', 'write', 'predict'], kind: 'platform', ...more };
    const got = await send('POST', '/api/auth/api-keys', { body });
    if (got.status !== 201) throw new Error(JSON.stringify(got.body));
    return got.body.key;
  };

  const deploy = async (project_id: string, model_id: string, more: object = {}) => {
    const body = { model_id, name: 'd', stage: 'staging', ...more };
    const got = await send('POST', `/api/mlops/projects/${project_id}/deployments`, { body });
    if (got.status !== 201) throw new Error(JSON.stringify(got.body));
    return got.body.id as string;
  };

  /** A deployment in any life, as the machines would leave it. */
  const deployedIn = async (life: string, project_id: string, model_id: string): Promise<string> => {
    const id = await deploy(project_id, model_id, { name: life });
    const key = { pk: { S: `P#${project_id}` }, sk: { S: `D#online#${id}` } };
    const row = world.table.peek('control', key);
    const Item = { ...row, ...key, life: { S: life } };
    await world.hooks.table.send('PutItem', { TableName: 'control', Item });
    return id;
  };

  /** Everything that is kept, but for records of operations and of repeats, and when a key was last used. */
  const kept = () => {
    const { table, store } = world;
    const control = table
      .items('control')
      .filter(({ pk }) => !/^(?:OP#|OPEN$)/.test((pk as { S: string }).S));
    const keys = table.items('keys').map(({ last_used_at: _, ...key }) => key);
    const objects = [...store].map(([place, bytes]) => [place, bytes.length]);
    return JSON.stringify([control, keys, table.items('logs'), objects]);
  };
  /** How many calls of services were made since the last look. */
  let calls = 0;
  world.hooks.around = (_, run) => {
    calls++;
    return run();
  };
  const asked = () => {
    const since = calls;
    calls = 0;
    return since;
  };
  return {
    ...world,
    asked,
    send,
    keyWith,
    deploy,
    deployedIn,
    kept,
    printed,
    ready: (file?: string, project?: string) => withModel(world, file, project),
  };
}
export type Wire = Awaited<ReturnType<typeof openWire>>;

function eventOf(method: string, rawPath: string, rawQueryString: string, sent: Sent, own: string) {
  const { raw, body, base64 = raw instanceof Uint8Array, key = own } = sent;
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    version: '2.0',
    rawPath,
    rawQueryString,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    requestContext: { requestId: 'gateway', http: { method, path: rawPath } },
    body: raw instanceof Uint8Array ? Buffer.from(raw).toString('base64') : text,
    isBase64Encoded: base64,
  };
}

export const noId = '00000000-0000-4000-8000-000000000000';
