import { lookup } from 'node:dns/promises';
import { Agent, type RequestOptions, request } from 'node:https';
import { isIP } from 'node:net';
import { isPublic } from '../../domain/alerts/addresses.ts';
import type { Reply } from '../../domain/alerts/retry.ts';
import { webhookFault } from '../../domain/alerts/urls.ts';

export interface Posting {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** How the outside is reached. */
export interface Ways {
  /** Every address of a host. */
  resolve(host: string): Promise<string[]>;
  /** Where an address that was found good is called. */
  dial(address: string): Pick<RequestOptions, 'host' | 'port' | 'ca'>;
  /** Milliseconds until the connection stands, and until all is over. */
  connect: number;
  total: number;
}

/** The one seam to the outside, so that a test can stand in for it; no environment reaches it. */
export const outside: Ways = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  dial: (host) => ({ host, port: 443 }),
  connect: 3_000,
  total: 15_000,
};

const mostBytes = 64 * 1024;
/** Without an agent of its own a request might share a connection that was checked for another, or go by a proxy. */
const agent = new Agent({ keepAlive: false, maxCachedSessions: 0 });

/**
 * Send something to an address that a user wrote down: the one place that does. The name is resolved once, nothing is
 * sent if any of its addresses is blocked, and the connection goes to the very address that was looked at. Of the
 * answer the status and one header are kept. It never throws.
 */
export async function post(posting: Posting, ways: Ways = outside): Promise<Reply> {
  // Looked at again: what was kept may be older than what is refused today.
  if (webhookFault(posting.url) !== undefined) return failure('blocked_url');
  const url = new URL(posting.url);
  const late = AbortSignal.timeout(ways.total);
  try {
    const address = await resolved(url.hostname, ways, late);
    if (address === undefined) return failure('blocked_address');
    return await Promise.race([sent(url, posting, address, ways, late), aborted(late)]);
  } catch (error) {
    return failure(late.aborted ? 'timed_out' : wordOf(error));
  }
}

/** Whether a host has a blocked address now; one that cannot be resolved in time has none that is known. */
export async function leadsInside(url: string, ways: Ways = outside): Promise<boolean> {
  try {
    return (await resolved(new URL(url).hostname, ways, AbortSignal.timeout(ways.connect))) === undefined;
  } catch {
    return false;
  }
}

const failure = (error: string): Reply => ({ status: null, error });

/** The address to connect to; undefined where any address of the host is blocked. */
async function resolved(host: string, { resolve }: Ways, late: AbortSignal): Promise<string | undefined> {
  const addresses = await Promise.race([resolve(host), aborted(late)]);
  if (!addresses.every(isPublic)) return undefined;
  // A function on AWS has no way to IPv6.
  const address = addresses.find((one) => isIP(one) === 4) ?? addresses[0];
  if (address === undefined) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  return address;
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function sent(url: URL, { headers, body }: Posting, address: string, ways: Ways, signal: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const cut = () => reject(Object.assign(new Error('cut off'), { code: 'ECONNRESET' }));
  const req = request(
    {
      ...ways.dial(address),
      ...{ agent, signal, method: 'POST', path: `${url.pathname}${url.search}`, servername: url.hostname },
      headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
      maxHeaderSize: 16_384,
    },
    (res) => {
      const { statusCode: status = null, headers: said } = res;
      let left = mostBytes;
      res.on('data', (part: Buffer) => {
        left -= part.length;
        if (left >= 0) return;
        resolve({ status, error: 'answer_too_large' });
        req.destroy();
      });
      res.on('end', () => resolve({ status, retryAfter: said['retry-after'] }));
      res.on('error', reject);
      res.on('close', cut);
    },
  );
  req.on('upgrade', ({ statusCode: status = null }, socket) => {
    socket.destroy();
    resolve({ status });
  });
  const slow = setTimeout(
    () => req.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' })),
    ways.connect,
  );
  req.on('socket', (socket) => socket.once('secureConnect', () => clearTimeout(slow)));
  req.on('error', reject);
  req.end(body);
  return promise.finally(() => clearTimeout(slow));
}

const wordsOf: Record<string, string> = {
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ETIMEDOUT: 'timed_out',
  ECONNREFUSED: 'no_connection',
  EHOSTUNREACH: 'no_connection',
  ENETUNREACH: 'no_connection',
  ECONNRESET: 'cut_off',
  EPIPE: 'cut_off',
};

/** A word of ours: texts of errors hold addresses, and what a receiver sent. */
function wordOf(error: unknown): string {
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return 'bad_certificate';
  if (code.startsWith('HPE_')) return 'no_http';
  return wordsOf[code] ?? 'failed';
}
