import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** A request as AWS Signature Version 4 sees it. Header names are lower case. */
export interface Unsigned {
  method: string;
  url: URL;
  service: string;
  region: string;
  headers: Record<string, string>;
  /** SHA-256 of the body in hexadecimal, or UNSIGNED-PAYLOAD. */
  payload: string;
  /** Milliseconds. */
  now: number;
}
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const hmac = (key: string | Buffer | KeyObject, text: string) =>
  createHmac('sha256', key).update(text).digest();
export const sha256 = (body: string | Uint8Array) => hash('sha256', body, 'hex');

/** The headers that make a request count as its owner's. */
export function signedHeaders(request: Unsigned, credentials: Credentials): Record<string, string> {
  const { stamp, scope } = when(request);
  const headers: Record<string, string> = { ...request.headers, host: request.url.host, 'x-amz-date': stamp };
  if (request.service === 's3') headers['x-amz-content-sha256'] = request.payload;
  if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;
  const names = Object.keys(headers).sort().join(';');
  const signature = sign({ ...request, headers }, names, credentials);
  const credential = `${credentials.accessKeyId}/${scope}`;
  headers.authorization = `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return headers;
}

/** An address that carries its own signature; whoever uses it must send exactly these headers. */
export function presigned(request: Unsigned, credentials: Credentials, seconds: number): string {
  const { stamp, scope } = when(request);
  const headers: Record<string, string> = { ...request.headers, host: request.url.host };
  const names = Object.keys(headers).sort().join(';');
  const url = new URL(request.url);
  const query = url.searchParams;
  query.set('X-Amz-Algorithm', algorithm);
  query.set('X-Amz-Credential', `${credentials.accessKeyId}/${scope}`);
  query.set('X-Amz-Date', stamp);
  query.set('X-Amz-Expires', String(seconds));
  if (credentials.sessionToken) query.set('X-Amz-Security-Token', credentials.sessionToken);
  query.set('X-Amz-SignedHeaders', names);
  query.set('X-Amz-Signature', sign({ ...request, url, headers }, names, credentials));
  return url.href;
}

function when({ now, region, service }: Unsigned) {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return { stamp, scope: `${stamp.slice(0, 8)}/${region}/${service}/aws4_request` };
}

function sign(request: Unsigned, names: string, { secretAccessKey }: Credentials): string {
  const { stamp, scope } = when(request);
  const { method, url, headers, payload } = request;
  const lines = names.split(';').map((name) => `${name}:${headers[name]?.trim().replaceAll(/ +/g, ' ')}\n`);
  const path = request.service === 's3' ? canonicalPath(url) : encodedTwice(url);
  const canonical = [method, path, canonicalQuery(url), lines.join(''), names, payload].join('\n');
  return hmac(
    keyFor(scope, secretAccessKey),
    [algorithm, stamp, scope, sha256(canonical)].join('\n'),
  ).toString('hex');
}

const escaped = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

let derived: { scope: string; secret: string; key: KeyObject } | undefined;

/** The key of a day, a region and a service; the last one is kept, for it serves a day's calls. */
function keyFor(scope: string, secret: string): KeyObject {
  if (derived?.scope === scope && derived.secret === secret) return derived.key;
  const bytes = scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`);
  derived = { scope, secret, key: createSecretKey(bytes as Buffer) };
  return derived.key;
}

const canonicalPath = ({ pathname }: URL) =>
  pathname
    .split('/')
    .map((part) => escaped(decodeURIComponent(part)))
    .join('/');

/** Every service but S3 signs the path as it was sent, encoded once more. */
const encodedTwice = ({ pathname }: URL) => pathname.split('/').map(escaped).join('/');

const canonicalQuery = (url: URL) =>
  [...url.searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
