import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newMetadata } from '../../../iceberg/createTable.ts';
import { type Json, type JsonInput, type JsonObject, parseJson, printJson } from '../../../iceberg/json64.ts';
import type { Requirement, Update } from '../../../iceberg/ports.ts';
import { isObject } from '../../../iceberg/shape.ts';
import { applyUpdates, holds } from '../../../iceberg/update.ts';

/** Where real catalogs differ, as switches. */
export interface Quirks {
  /** Glue: a table is created with a location. */
  locationRequired?: boolean;
  /** S3 Tables: a table is created without one. */
  locationRefused?: boolean;
  /** Glue: 500 about a namespace that is not there. */
  missingNamespace500?: boolean;
  /** Commits that are taken, and answered with this status; one each. */
  takenBut?: number[];
  /** Commits that are not taken, and answered with this status; one each. */
  refusedWith?: number[];
  /** A catalog with rules of its own about old snapshots. */
  keepsSnapshots?: boolean;
  /** Only callers with a token of this catalog are answered; it is given to whoever has these credentials. */
  credentials?: { client_id: string; client_secret: string };
  /** Which headers every request has to have. */
  wants?: (headers: IncomingMessage['headers']) => boolean;
  prefix?: string;
}
export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: JsonObject;
}
interface Answer {
  status: number;
  body?: JsonInput;
}

const error = (status: number, type: string): Answer => ({
  status,
  body: { error: { message: 'a message that may name anything', type, code: status } },
});

/** A catalog that speaks the Iceberg REST protocol, strict in what it takes; on loopback only. */
export async function restCatalog(quirks: Quirks = {}) {
  const namespaces = new Set<string>();
  const tables = new Map<string, JsonObject>();
  const asked: Asked[] = [];
  /** Tokens that are good. */
  const granted = new Set<string>();

  /** The grant of client credentials (RFC 6749, section 4.4). */
  function grant(form: URLSearchParams): Answer {
    const { client_id, client_secret } = quirks.credentials ?? {};
    const known = form.get('client_id') === client_id && form.get('client_secret') === client_secret;
    if (!known || form.get('grant_type') !== 'client_credentials' || !form.get('scope'))
      return { status: 401, body: { error: 'invalid_client' } };
    const access_token = crypto.randomUUID();
    granted.add(access_token);
    return { status: 200, body: { access_token, token_type: 'bearer', expires_in: 3600 } };
  }

  function isUnknown({ authorization = '', ...others }: IncomingMessage['headers']): boolean {
    const lacking = quirks.credentials && !granted.has(authorization.replace(/^Bearer /, ''));
    return lacking || quirks.wants?.({ authorization, ...others }) === false;
  }

  const lacking = () =>
    quirks.missingNamespace500 ? error(500, 'InternalServerError') : error(404, 'NoSuchNamespaceException');
  const table = (key: string): Answer => {
    const metadata = tables.get(key);
    return metadata
      ? { status: 200, body: { 'metadata-location': `s3://warehouse/${key}`, metadata, config: {} } }
      : error(404, 'NoSuchTableException');
  };

  function createTable(namespace: string, body: JsonObject): Answer {
    const key = `${namespace}/${encodeURIComponent(String(body.name))}`;
    if (tables.has(key)) return error(409, 'AlreadyExistsException');
    if (body['stage-create'] || quirks.locationRefused === (body.location !== undefined))
      return error(400, 'ValidationException');
    if (quirks.locationRequired && body.location === undefined) return error(400, 'ValidationException');
    const location = typeof body.location === 'string' ? body.location : `s3://warehouse/${tables.size}`;
    const request = { ...body, location } as unknown as Parameters<typeof newMetadata>[0];
    tables.set(key, newMetadata(request, crypto.randomUUID(), Date.now()));
    return table(key);
  }

  function refusal(found: JsonObject, body: JsonObject, updates: Update[]): Answer | undefined {
    const status = quirks.refusedWith?.shift();
    if (status) return error(status, 'InternalServerError');
    const requirements = body.requirements as unknown as Requirement[];
    const removes = updates.some(({ action }) => action === 'remove-snapshots');
    if (requirements.length < 2 || (quirks.keepsSnapshots && removes))
      return error(400, 'ValidationException');
    if (!requirements.every((one) => holds(one, found))) return error(409, 'CommitFailedException');
    return undefined;
  }

  function commit(key: string, body: JsonObject): Answer {
    const found = tables.get(key);
    if (!found) return error(404, 'NoSuchTableException');
    const updates = body.updates as unknown as Update[];
    const refused = refusal(found, body, updates);
    if (refused) return refused;
    tables.set(
      key,
      applyUpdates(found, updates, { metadataLocation: `s3://warehouse/${key}`, now: Date.now() }),
    );
    const taken = quirks.takenBut?.shift();
    return taken ? error(taken, 'CommitStateUnknownException') : table(key);
  }

  function createNamespace({ namespace }: JsonObject): Answer {
    const levels = (namespace as string[]).map(encodeURIComponent).join('%1F');
    if (namespaces.has(levels)) return error(409, 'AlreadyExistsException');
    namespaces.add(levels);
    return { status: 200, body: { namespace: namespace ?? null } };
  }

  const start = `/v1/${quirks.prefix ? `${quirks.prefix}/` : ''}namespaces`;
  const config = { defaults: {}, overrides: { prefix: quirks.prefix ?? '' } };

  const inNamespace = (
    method: string,
    namespace: string,
    name: string | undefined,
    body: JsonObject,
  ): Answer => {
    const key = `${namespace}/${name}`;
    if (method === 'POST') return name ? commit(key, body) : createTable(namespace, body);
    return name ? table(key) : { status: 200, body: { namespace: [namespace] } };
  };

  function answer({ method, path, headers, body }: Asked): Answer {
    if (isUnknown(headers)) return error(401, 'NotAuthorizedException');
    if (path.startsWith('/v1/config')) return { status: 200, body: config };
    if (!path.startsWith(start)) return error(404, 'NotFound');
    const [, namespace, , name] = path.slice(start.length).split('/');
    if (!namespace) return createNamespace(body);
    return namespaces.has(namespace) ? inNamespace(method, namespace, name, body) : lacking();
  }

  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const { method = '', url: path = '', headers } = request;
    const form = path === '/v1/oauth/tokens';
    const json: Json = text === '' || form ? {} : parseJson(text);
    const one: Asked = { method, path, headers, body: isObject(json) ? json : {} };
    asked.push(one);
    const { status, body } = form ? grant(new URLSearchParams(text)) : answer(one);
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(body === undefined ? '' : printJson(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tables,
    namespaces,
    granted,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
