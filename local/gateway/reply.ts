import type { ServerResponse } from 'node:http';
import type { Invocation } from '../lambda/pool.ts';

interface Answer {
  statusCode?: number;
  headers?: Record<string, string | number | boolean>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
}

/** What an HTTP API says by itself; none of it can be shaped. */
export function refuse(response: ServerResponse, status: number, message: string, close = false): void {
  if (response.headersSent) return void response.destroy();
  const body = JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(close && { connection: 'close' }),
  });
  response.end(body);
}

const failures: Record<string, [number, string]> = {
  RequestTooLargeException: [413, 'Request Entity Too Large'],
  TooManyRequestsException: [503, 'Service Unavailable'],
};
const fault: [number, string] = [500, 'Internal Server Error'];

/** Send what a function answered, or what the gateway makes of its failure. */
export function send(response: ServerResponse, { ok, payload }: Invocation, requestId: string): void {
  try {
    if (ok) write(response, answerOf(payload), requestId);
    else refuse(response, ...(failures[JSON.parse(payload).errorType] ?? fault));
  } catch {
    refuse(response, ...fault);
  }
}

/** A value without a status is the body of a 200. */
function answerOf(payload: string): Answer {
  const value = JSON.parse(payload);
  if (value !== null && typeof value === 'object' && 'statusCode' in value) return value;
  return {
    headers: { 'content-type': 'application/json' },
    body: typeof value === 'string' ? value : payload,
  };
}

function write(response: ServerResponse, answer: Answer, requestId: string): void {
  const { statusCode = 200, headers = {}, cookies, body = '', isBase64Encoded } = answer;
  const bytes = isBase64Encoded ? Buffer.from(body, 'base64') : body;
  const sent: Record<string, string | number | string[]> = { 'apigw-requestid': requestId };
  for (const name in headers) sent[name.toLowerCase()] = String(headers[name]);
  sent['content-type'] ??= 'text/plain; charset=utf-8';
  if (cookies) sent['set-cookie'] = cookies;
  if (statusCode !== 204 && statusCode !== 304) sent['content-length'] = Buffer.byteLength(bytes);
  response.writeHead(statusCode, sent);
  response.end(bytes);
}
