import type { IncomingMessage, Server } from 'node:http';
import { createServer, type Server as Listener } from 'node:net';

/** The keys that every client and every server on this machine agrees on; they open nothing anywhere else. */
export const localKeys = { accessKeyId: 'test', secretAccessKey: 'test' };

const isLoopback = (hostname: string) =>
  ['127.0.0.1', '[::1]', '::1', 'localhost'].includes(hostname) || hostname.endsWith('.localhost');

/** Stands before every endpoint: a name that could leave this machine ends here. */
export function loopbackOnly(url: string | URL): URL {
  const parsed = URL.parse(String(url));
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || !isLoopback(parsed.hostname))
    throw new Error('an endpoint of this machine is expected: http://127.0.0.1, [::1] or localhost');
  return parsed;
}

/** Whether a request names this machine as its host; a web page that rebinds a name of its own does not. */
export function isForThisMachine(request: IncomingMessage): boolean {
  const host = URL.parse(`http://${request.headers.host ?? ''}`);
  return host !== null && isLoopback(host.hostname);
}

/** A port that nobody listens on now; whoever takes it must be ready for a clash. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, 0);
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** Listen on this machine alone and say on which port. */
export function listen(server: Listener, port: number): Promise<number> {
  return new Promise((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      const address = server.address();
      listening(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Longer than any client keeps an idle connection: one closed just as it is used again is a call that fails. */
export const keepAliveTimeout = 65_000;

/** Stop taking requests and cut the connections that are left. */
export function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}

const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'TZ', 'SystemRoot'];

/** The whole environment of a child: no profile, no real keys, no endpoint but one of this machine. */
export function cleanEnv(extra: Record<string, string> = {}): Record<string, string> {
  for (const [name, value] of Object.entries(extra))
    if (name.startsWith('AWS_ENDPOINT_URL')) loopbackOnly(value);
  const own = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...Object.fromEntries(own),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: localKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localKeys.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extra,
  };
}
