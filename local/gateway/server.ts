import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Invocation } from '../lambda/pool.ts';
import { isForThisMachine, listen, loopbackOnly } from '../loopback.ts';
import type { RoutePlan } from '../template/plan.ts';
import { eventOf } from './event.ts';
import { refuse, send } from './reply.ts';
import { createRouter, UnreadablePath } from './routes.ts';

const mostBytes = 10 * 1024 * 1024;

export interface GatewaySettings {
  routes: readonly RoutePlan[];
  invoke(functionName: string, event: string): Promise<Invocation>;
  port?: number;
  /** While this is false `GET /healthz` answers 503. */
  ready?(): boolean;
  /** How long a function may take; 30 seconds on AWS. */
  patienceMs?: number;
}

export interface Gateway {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** The HTTP API of this machine: payload 2.0, its routes, its limits. */
export async function startGateway(settings: GatewaySettings): Promise<Gateway> {
  const { routes, invoke, ready = () => true, patienceMs = 30_000 } = settings;
  const route = createRouter(routes);
  const server = createServer(
    { keepAliveTimeout: 75_000, headersTimeout: 15_000, requestTimeout: 60_000, insecureHTTPParser: false },
    (request, response) => {
      if (!isForThisMachine(request)) return refuse(response, 403, 'Forbidden', true);
      const { url = '' } = request;
      if (url[0] !== '/') return refuse(response, 400, 'Bad Request', true);
      if (url === '/healthz' && !ready()) return refuse(response, 503, 'Service Unavailable');
      withBody(request, response, (body) => answer(request, response, body));
    },
  );
  server.on('clientError', turnAway);

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined) {
    const match = matchOf(request);
    if (match === 'unreadable') return refuse(response, 400, 'Bad Request');
    if (!match) return refuse(response, 404, 'Not Found');
    const { requestId, event } = eventOf(request, body, match);
    const timer = setTimeout(() => refuse(response, 503, 'Service Unavailable'), patienceMs);
    void invoke(match.function, event).then((invocation) => {
      clearTimeout(timer);
      if (!response.headersSent) send(response, invocation, requestId);
    });
  }

  function matchOf({ method = '', url = '' }: IncomingMessage) {
    const mark = url.indexOf('?');
    try {
      return route(method, mark < 0 ? url : url.slice(0, mark));
    } catch (error) {
      if (error instanceof UnreadablePath) return 'unreadable';
      throw error;
    }
  }

  const port = await listen(server, settings.port ?? 0);
  const url = loopbackOnly(`http://127.0.0.1:${port}`).origin;
  return { url, port, stop: () => end(server) };
}

/** Take no more requests, and give those that run a moment to end. */
function end(server: Server): Promise<void> {
  return new Promise((ended) => {
    const patience = setTimeout(() => server.closeAllConnections(), 3000);
    server.close(() => {
      clearTimeout(patience);
      ended();
    });
  });
}

/** Read the whole body, up to the gateway's own limit. */
function withBody(
  request: IncomingMessage,
  response: ServerResponse,
  go: (body: Buffer | undefined) => void,
) {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if (coding === undefined && (length === undefined || length === '0')) return go(undefined);
  if (Number(length) > mostBytes) return refuse(response, 413, 'Request Entity Too Large', true);
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > mostBytes) {
      request.removeAllListeners('data').removeAllListeners('end');
      return refuse(response, 413, 'Request Entity Too Large', true);
    }
    chunks.push(chunk);
  });
  request.on('end', () =>
    go(size === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
  );
}

/** What the parser does not accept is answered once and the connection closed: nothing may follow it. */
function turnAway(error: NodeJS.ErrnoException, socket: Duplex) {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const words: Record<string, [number, string]> = {
    HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
    ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  };
  const [status, message] = words[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status} ${message}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
