import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { close, isForThisMachine, keepAliveTimeout, listen, localKeys } from '../loopback.ts';
import { type Reply, readAsk } from './ask.ts';
import type { Around } from './objects.ts';
import { perform } from './operations.ts';
import { isRefusal, refusal } from './refusal.ts';
import { authenticate, type Keys } from './sigv4.ts';
import { openStore } from './store.ts';
import { xmlDocument } from './xml.ts';

export interface S3Options {
  folder: string;
  port?: number;
  /** The keys that requests must be signed with. */
  keys?: Keys;
  now?: () => Date;
  /** An object is there under its key: put, copied or completed. */
  onCreated?: (bucket: string, key: string) => void;
}

export interface S3 {
  url: string;
  port: number;
  /** The text of an object, past all signatures, for the other parts of this machine. */
  read(bucket: string, key: string): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** The part of S3 that the product uses, kept in a folder. */
export async function startS3(options: S3Options): Promise<S3> {
  const { folder, keys = localKeys, now = () => new Date(), onCreated = () => {} } = options;
  const store = openStore(folder);
  const around = { store, now, onCreated };
  const server = createServer(
    { keepAliveTimeout },
    (request, response) => void answer(request, response, around, keys),
  );
  const port = await listen(server, options.port ?? 0);
  const stop = async () => {
    await close(server);
    if (store.database.isOpen) store.close();
  };
  const read = async (bucket: string, key: string) => {
    const object = store.find(bucket, key);
    return object && readFile(store.path(object.file), 'utf8');
  };
  return { url: `http://127.0.0.1:${port}`, port, read, stop };
}

async function answer(request: IncomingMessage, response: ServerResponse, around: Around, keys: Keys) {
  const reply = await decide(request, around, keys);
  const body = request.method === 'HEAD' ? undefined : reply.body;
  try {
    response.writeHead(reply.status, { 'x-amz-request-id': randomUUID(), ...reply.headers });
    if (body === undefined || typeof body === 'string') response.end(body);
    else await pipeline(body, response);
  } catch {
    // The caller left before the end of its answer: nobody is there to be told.
    response.destroy();
  }
}

async function decide(request: IncomingMessage, around: Around, keys: Keys): Promise<Reply> {
  try {
    if (!isForThisMachine(request)) throw refusal(403, 'AccessDenied', 'This host is not served here');
    const ask = readAsk(request);
    authenticate(ask, keys, around.now());
    return await perform(ask, around);
  } catch (error) {
    const { status, code, message } = isRefusal(error)
      ? error
      : refusal(500, 'InternalError', 'We encountered an internal error. Please try again.');
    // A caller who hangs up is no fault of ours.
    if (status === 500 && !request.errored) console.error('S3', error);
    const headers = { 'content-type': 'application/xml' };
    return { status, headers, body: xmlDocument('Error', { Code: code, Message: message }) };
  }
}
