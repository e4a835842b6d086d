import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { close, listen, loopbackOnly } from '../../local/loopback.ts';
import { type Asked, askedBy, bucketOf, type Call } from './asked.ts';
import { allows, type Policies, type Statement } from './policies.ts';

export interface Guard {
  /** Where each function makes its calls, by its operation. */
  endpoints: Map<string, string>;
  /** `predict dynamodb:Query control`: what a function asked for and its role does not let it. */
  refused: Set<string>;
  /** `predict dynamodb:GetItem`: what was asked for and granted. */
  passed: Set<string>;
  close(): Promise<unknown>;
}
interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}
type Role = Pick<Guard, 'refused' | 'passed'> & { who: string; statements: readonly Statement[] };

/**
 * Stand between the functions and the emulator, which lets everybody do everything: each function has a port of its
 * own there, and gets no further than the policy of its role says. A port, for a signed address holds host and path.
 */
export async function guard(emulator: string, policies: Policies): Promise<Guard> {
  const to = loopbackOnly(emulator);
  const [refused, passed] = [new Set<string>(), new Set<string>()];
  const endpoints = new Map<string, string>();
  const servers: Server[] = [];
  for (const [who, statements] of policies) {
    const role = { who, statements, refused, passed };
    const server = createServer((req, res) => {
      answer(req, to, role).then(
        (reply) => give(res, reply),
        () => res.destroy(),
      );
    });
    servers.push(server);
    endpoints.set(who, `http://127.0.0.1:${await listen(server, 0)}`);
  }
  return { endpoints, refused, passed, close: () => Promise.all(servers.map(close)) };
}

async function answer(req: IncomingMessage, to: URL, role: Role): Promise<Reply> {
  const { method = '', url: path = '/', headers } = req;
  const call = { method, path, headers, body: await buffer(req) };
  const asked = askedBy(call);
  if (!judge(call, asked, role)) return denial(call);
  const reply = await forward(call, to);
  return reply.status === 404 && hidden(asked, role) ? denial(call) : reply;
}

/** Whether a role lets its function do all that a call asks for. Everything is noted. */
function judge({ method, path }: Call, asked: Asked[] | undefined, role: Role): boolean {
  const { who, statements, refused, passed } = role;
  if (!asked) refused.add(`${who} ${method} ${path}: no call that is known here`);
  const denied = (asked ?? []).filter((one) => !allows(statements, one));
  for (const { action, resource } of denied) refused.add(`${who} ${action} ${resource}`);
  if (!asked || denied.length > 0) return false;
  for (const { action } of asked) passed.add(`${who} ${action}`);
  return true;
}

/** S3 tells only those who may list a bucket that an object is missing. */
function hidden(asked: Asked[] | undefined, { who, statements, passed }: Role): boolean {
  const object = asked?.find(({ action }) => action === 's3:GetObject');
  if (!object) return false;
  const may = allows(statements, {
    action: 's3:ListBucket',
    resource: bucketOf(object.resource),
    context: {},
  });
  if (may) passed.add(`${who} s3:ListBucket`);
  return !may;
}

const denial = ({ headers }: Call): Reply =>
  headers['x-amz-target']
    ? reply(400, 'application/x-amz-json-1.0', '{"__type":"AccessDeniedException","message":"denied"}')
    : reply(403, 'application/xml', '<Error><Code>AccessDenied</Code><Message>denied</Message></Error>');
const reply = (status: number, type: string, body: string): Reply => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});

const forward = ({ method, path, headers, body }: Call, to: URL): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = to;
    const { 'transfer-encoding': _, ...kept } = headers;
    const sent = { ...kept, 'content-length': body.length };
    const out = request({ hostname, port, method, path, headers: sent }, (res) => {
      buffer(res).then(
        (all) => resolve({ status: res.statusCode ?? 502, headers: res.headers, body: all }),
        reject,
      );
    });
    out.on('error', reject);
    out.end(body);
  });

function give(res: ServerResponse, { status, headers, body }: Reply) {
  const { 'transfer-encoding': _, connection: __, ...kept } = headers;
  res.writeHead(status, kept as Record<string, string>);
  res.end(body);
}
