import { setTimeout as pause } from 'node:timers/promises';
import { fault } from '../../iceberg/fault.ts';
import { type Json, type JsonInput, type JsonObject, parseJson, printJson } from '../../iceberg/json64.ts';
import { isObject } from '../../iceberg/shape.ts';
import { type Answered, type Call, region, send } from '../aws/signed.ts';
import type { Tokens } from './restToken.ts';

/** One entry of the configuration. */
export interface RestCatalog {
  /** With the protocol's own path, without `/v1`; AWS's own where it is absent. */
  uri?: string;
  warehouse?: string;
  /** Which service of AWS the requests are signed for; none outside of AWS. */
  signing?: 'glue' | 's3tables';
  /** Sent as bearer tokens where requests are not signed. */
  tokens?: Tokens;
  /** Below which new tables are made, where nobody says where; `s3://bucket/prefix`. */
  location?: string;
  /** Milliseconds a request. */
  timeout?: number;
}

export interface RestAnswer {
  status: number;
  body: Json | undefined;
  /** The type of an error: one word of the catalog. */
  kind?: string;
}

/** Catalogs refuse metadata beyond 50 MB. */
const mostBytes = 64 * 1024 * 1024;
const tries = 3;

const uriOf = ({ uri, signing = 'glue' }: RestCatalog) =>
  (uri ?? `https://${signing}.${region()}.amazonaws.com/iceberg`).replace(/\/+$/, '');

const prefixes = new WeakMap<RestCatalog, Promise<string>>();

/** What the catalog wants between `/v1/` and the rest; asked once, and again after a failure. */
export function prefixOf(catalog: RestCatalog): Promise<string> {
  const known = prefixes.get(catalog);
  if (known) return known;
  const asked = askPrefix(catalog).catch((error) => {
    prefixes.delete(catalog);
    throw error;
  });
  prefixes.set(catalog, asked);
  return asked;
}

async function askPrefix(catalog: RestCatalog): Promise<string> {
  const { warehouse } = catalog;
  const query = warehouse === undefined ? '' : `?warehouse=${encodeURIComponent(warehouse)}`;
  const { status, body, kind } = await ask(catalog, 'GET', `config${query}`);
  if (status !== 200)
    throw fault('refused', `the catalog answered ${status} about itself${kind ? ` (${kind})` : ''}`);
  const settings = isObject(body) ? body : {};
  const of = (part: Json | undefined): JsonObject => (isObject(part) ? part : {});
  const prefix = of(settings.overrides).prefix ?? of(settings.defaults).prefix ?? '';
  return prefix === '' ? '' : `${checked(prefix)}/`;
}

/** It is sent as it was given, encoded already where that is needed, so it may hold nothing that leads elsewhere. */
function checked(prefix: Json): string {
  const legal = typeof prefix === 'string' && /^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+$/.test(prefix);
  if (!legal || prefix.split('/').some((part) => /^(?:\.|%2e){0,2}$/i.test(part)))
    throw fault('malformed', 'the catalog gave a prefix that no address can have');
  return prefix;
}

/**
 * Questions are asked again after silence and 5xx; what changes something is sent once. Whatever was refused for its token
 * was not done: it is sent with another one.
 */
export async function ask(
  catalog: RestCatalog,
  method: 'GET' | 'POST',
  path: string,
  body?: JsonInput,
): Promise<RestAnswer> {
  const tokens = catalog.signing ? undefined : catalog.tokens;
  const token = await tokens?.current();
  const answer = await askOnce(catalog, { method, path, body, token });
  if (!tokens || token === undefined || answer.status !== 401) return answer;
  tokens.refused(token);
  return askOnce(catalog, { method, path, body, token: await tokens.current() });
}

interface Question {
  method: 'GET' | 'POST';
  path: string;
  body?: JsonInput;
  token?: string;
}

async function askOnce(catalog: RestCatalog, { method, path, body, token }: Question): Promise<RestAnswer> {
  const attempts = method === 'GET' ? tries : 1;
  const call: Call = {
    service: catalog.signing ?? 'catalog',
    method,
    url: `${uriOf(catalog)}/v1/${path}`,
    headers: headersOf(token, body !== undefined),
    body: body === undefined ? undefined : printJson(body),
    timeout: catalog.timeout ?? 30_000,
    maxBytes: mostBytes,
  };
  for (let tried = 1; ; tried++) {
    const answer = await send(call).catch((error) => {
      if (tried === attempts) throw error;
    });
    if (answer && (answer.status < 500 || tried === attempts)) return read(answer);
    await pause(100 * Math.random() * 2 ** tried);
  }
}

function headersOf(token: string | undefined, hasBody: boolean): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (hasBody) headers['content-type'] = 'application/json';
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  return headers;
}

/** A body that is no JSON tells nothing; whether it had to be one, its reader knows. */
function read({ status, body }: Answered): RestAnswer {
  const json = status < 300 || body.length < 65_536 ? parsed(body) : undefined;
  const error = isObject(json) && isObject(json.error) ? json.error.type : undefined;
  const kind = typeof error === 'string' && /^\w{1,64}$/.test(error) ? error : undefined;
  return { status, body: json, kind };
}

function parsed(body: Buffer): Json | undefined {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
