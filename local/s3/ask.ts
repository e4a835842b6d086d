import type { IncomingMessage } from 'node:http';
import { refusal } from './refusal.ts';

/** A request as S3 sees it. */
export interface Ask {
  request: IncomingMessage;
  method: string;
  /** As sent, still encoded: the signature is over this. */
  path: string;
  bucket: string;
  key: string;
  query: [string, string][];
  /** A header; the presigner moves those that begin with x-amz- into the query. */
  header(name: string): string | undefined;
  asked(name: string): string | undefined;
}

export function readAsk(request: IncomingMessage): Ask {
  const [path = '/', search = ''] = split(request.url ?? '/', '?');
  const query = search === '' ? [] : search.split('&').map(pair);
  const [bucket = '', key = ''] = split(path.slice(1), '/').map(decode);
  const asked = (name: string) => query.find(([own]) => own.toLowerCase() === name)?.[1];
  const header = (name: string) => {
    const sent = request.headers[name];
    const value = Array.isArray(sent) ? sent.join(',') : sent;
    return value ?? (name.startsWith('x-amz-') ? asked(name) : undefined);
  };
  if (Buffer.byteLength(key) > 1024) throw refusal(400, 'KeyTooLongError', 'Your key is too long');
  return { request, method: request.method ?? '', path, bucket, key, query, header, asked };
}

function split(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function pair(text: string): [string, string] {
  const [name = '', value = ''] = split(text, '=').map((part) => decode(part.replaceAll('+', ' ')));
  return [name, value];
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refusal(400, 'InvalidURI', 'Could not parse the specified URI.');
  }
}

/** A body that is small by its nature, such as a list of keys. */
export async function readText(body: AsyncIterable<Uint8Array>, most = 2_000_000): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > most) throw refusal(400, 'MaxMessageLengthExceeded', 'Your request was too big.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What an operation answers. */
export interface Reply {
  status: number;
  headers?: Record<string, string | number>;
  body?: string | NodeJS.ReadableStream;
}

export const xml = (body: string, headers = {}): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body,
});
