import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { close, listen } from '../../local/loopback.ts';

/** How a request fares: it is passed on, refused, never answered, or done and answered too late. */
export type Fate = 'well' | 'refused' | 'silent' | 'late';
export interface Passing {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}
/** What became of a request that somebody looks at. */
export interface Passed {
  name: string;
  fate: Fate;
  /** Whether its caller was still there for the answer. */
  heard: boolean;
}
interface Unsteady {
  target: string;
  refusal: { status: number; body: string };
  /** By what name to remember a request; undefined passes it on and forgets it. */
  name(asked: Passing): string | undefined;
  fate(): Fate;
}

/** Longer than any caller waits. */
export const late = 800;

/** A service on this machine behind a wire that is not to be relied on: real requests, real silence. */
export async function unsteady({ target, refusal, name, fate }: Unsteady) {
  const passed: Passed[] = [];
  const server = createServer(async (incoming, response) => {
    const asked = await whole(incoming);
    const known = name(asked);
    const its = known === undefined ? 'well' : fate();
    if (known !== undefined) {
      const one = { name: known, fate: its, heard: false };
      passed.push(one);
      response.on('close', () => {
        one.heard = response.writableFinished;
      });
    }
    if (its === 'refused') response.writeHead(refusal.status).end(refusal.body);
    else if (its !== 'silent') pass(target, asked, response, its === 'late' ? late : 0);
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, passed, stop: () => close(server) };
}

async function whole(incoming: IncomingMessage): Promise<Passing> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const { method = 'GET', url = '/', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(parts) };
}

/** The host stays the one that was signed. */
function pass(
  target: string,
  { method, url, headers, body }: Passing,
  response: ServerResponse,
  wait: number,
) {
  const { hostname, port } = new URL(target);
  const onward = request({ hostname, port, path: url, method, headers }, (answer) => {
    const reply = () => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    };
    if (wait > 0) setTimeout(reply, wait);
    else reply();
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
}
