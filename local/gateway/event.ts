import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { account } from '../template/names.ts';
import type { Match } from './routes.ts';

const textual =
  /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml)\b|application\/(?:javascript|x-www-form-urlencoded)\b)/i;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The event of payload 2.0, as JSON, and the id that it gives the request. */
export function eventOf(request: IncomingMessage, body: Buffer | undefined, match: Match) {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const rawQueryString = mark < 0 ? '' : url.slice(mark + 1);
  const { headers, cookies } = headersOf(request.rawHeaders);
  const requestId = randomUUID();
  const at = Date.now();
  const plain = body !== undefined && textual.test(headers['content-type'] ?? '');
  const event = {
    version: '2.0',
    routeKey: match.routeKey,
    rawPath,
    rawQueryString,
    cookies,
    headers,
    queryStringParameters: rawQueryString === '' ? undefined : queryOf(rawQueryString),
    requestContext: {
      accountId: account,
      apiId: 'local',
      domainName: headers.host,
      domainPrefix: 'local',
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.routeKey,
      stage: '$default',
      time: stamp(at),
      timeEpoch: at,
    },
    pathParameters: match.routeKey === '$default' ? undefined : match.parameters,
    body: body?.toString(plain ? 'utf8' : 'base64'),
    isBase64Encoded: body !== undefined && !plain,
  };
  return { requestId, event: JSON.stringify(event) };
}

/** Lower case; what was sent twice is joined with commas; cookies stand apart. */
function headersOf(raw: readonly string[]) {
  const headers: Record<string, string> = {};
  let cookies: string[] | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    if (name === 'cookie') cookies = [...(cookies ?? []), ...value.split(/; */)];
    // Assigning to this name would set the object's prototype.
    else if (name === '__proto__') continue;
    else headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
  return { headers, cookies };
}

function queryOf(raw: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

let second = 0;
let stamped = '';

/** 12/Mar/2026:19:03:58 +0000 */
function stamp(at: number): string {
  const now = Math.floor(at / 1000);
  if (now === second) return stamped;
  const date = new Date(at);
  const [clock = ''] = date.toISOString().slice(11).split('.');
  second = now;
  stamped = `${String(date.getUTCDate()).padStart(2, '0')}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock} +0000`;
  return stamped;
}
