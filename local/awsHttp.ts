import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a caller is told instead of an answer, in the words of the service it called. */
export interface AwsProblem {
  status: number;
  type: string;
  message: string;
}

export const awsProblem = (type: string, message: string, status = 400): AwsProblem => ({
  status,
  type,
  message,
});

export const notKnown = (service: string, operation: string) =>
  awsProblem('NotImplemented', `${service} ${operation} is not known here`, 501);

export const isAwsProblem = (thrown: unknown): thrown is AwsProblem =>
  typeof thrown === 'object' && thrown !== null && 'type' in thrown && 'status' in thrown;

export type Fields = Record<string, unknown>;
const mostBytes = 2_000_000;

/** The JSON object of a request. */
export async function readFields(request: IncomingMessage): Promise<Fields> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > mostBytes) throw awsProblem('RequestEntityTooLargeException', 'the request is too large', 413);
    parts.push(part);
  }
  const fields = parseJson(Buffer.concat(parts).toString('utf8') || '{}');
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw noJson();
  return fields as Fields;
}

const noJson = () => awsProblem('SerializationException', 'the request is no JSON object');

/** A value, or undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text among the fields; one that is missing or no text is the caller's mistake. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw awsProblem('ValidationException', `${name} is missing or no text`);
  return value;
}

export function optionalText(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : textOf(fields, name);
}

export function sendJson(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** A problem on the wire: REST services read its type in the header, JSON services in the body. */
export function sendProblem(response: ServerResponse, { status, type, message }: AwsProblem): void {
  sendJson(response, status, { __type: type, message }, { 'x-amzn-errortype': type });
}
