import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Ways } from '../../adapters/outbound/post.ts';
import { selfSigned } from './certificate.ts';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a receiver does with a message, the nth of all. */
export type Behaviour = (response: ServerResponse, received: Received, n: number) => void;

export const publicAddress = '93.184.215.14';

/** A real HTTPS server for any of its hosts, and the ways by which only it is reached. */
export async function startReceiver(hosts = ['hooks.example.com', 'hooks.slack.com']) {
  const { key, cert } = selfSigned(hosts);
  const received: Received[] = [];
  const sockets = new Set<Duplex>();
  const here = {
    received,
    behave: ((response) => response.writeHead(204).end()) as Behaviour,
    /** What the name service says, and which of it was dialled. */
    addresses: async (_host: string): Promise<string[]> => [publicAddress],
    dialled: [] as string[],
  };
  const server = createServer({ key, cert }, (request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      received.push(one);
      here.behave(response, one, received.length);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const ways: Ways = {
    resolve: (host) => here.addresses(host),
    dial: (address) => {
      here.dialled.push(address);
      return { host: '127.0.0.1', port, ca: cert };
    },
    connect: 1_000,
    total: 1_500,
  };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return Object.assign(here, { ways, port, close });
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
