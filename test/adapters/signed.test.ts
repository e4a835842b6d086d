import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as dynamo from '../../adapters/aws/dynamo.ts';
import { send } from '../../adapters/aws/signed.ts';

let answer: (req: IncomingMessage, res: ServerResponse) => void;
let asked: IncomingMessage[] = [];
const server = createServer((req, res) => {
  asked.push(req);
  req.resume().on('end', () => answer(req, res));
});
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  vi.stubEnv('AWS_ENDPOINT_URL', url());
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});
const get = (more = {}) => send({ service: 's3', method: 'GET', url: `${url()}/b/k`, timeout: 300, ...more });

test('a call that nobody answers ends in its time', async () => {
  answer = () => {};
  const started = Date.now();
  await expect(get()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(Date.now() - started).toBeLessThan(10_000);
});

test.each([
  [500, '', 2],
  [400, '{"__type":"ProvisionedThroughputExceededException"}', 2],
  [400, '{"__type":"ValidationException"}', 1],
  [404, '', 1],
])('%i %s is sent %i time(s) where two are allowed', async (status, body, times) => {
  answer = (_, res) => res.writeHead(status).end(body);
  expect((await get({ attempts: 2 })).status).toBe(status);
  expect(asked).toHaveLength(times);
});

test('an answer larger than allowed is cut off', async () => {
  answer = (_, res) => res.writeHead(200).end('x'.repeat(2_000));
  await expect(get({ maxBytes: 1_000 })).rejects.toThrow('s3 sent too much');
});

test('a connection that was closed while nobody used it costs no attempt', async () => {
  answer = (_, res) => res.writeHead(200).end('first');
  await get();
  answer = (req, res) => {
    if (asked.length === 2) req.socket.resetAndDestroy();
    else res.writeHead(200).end('again');
  };
  expect((await get()).body.toString()).toBe('again');
  expect(asked).toHaveLength(3);
});

test('the credentials are read at every call, for they change', async () => {
  answer = (_, res) => res.writeHead(200).end('{}');
  for (const id of ['FIRST', 'SECOND']) {
    vi.stubEnv('AWS_ACCESS_KEY_ID', id);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', `${id} secret`);
    vi.stubEnv('AWS_SESSION_TOKEN', `${id} token`);
    await get();
  }
  expect(asked.map((req) => /Credential=(\w+)/.exec(req.headers.authorization ?? '')?.[1])).toEqual([
    'FIRST',
    'SECOND',
  ]);
  expect(asked.map((req) => req.headers['x-amz-security-token'])).toEqual(['FIRST token', 'SECOND token']);
});

test('what DynamoDB refuses is thrown under the name that it gives', async () => {
  answer = (_, res) =>
    res.writeHead(400).end('{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}');
  await expect(dynamo.get('t', { pk: 'a' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
