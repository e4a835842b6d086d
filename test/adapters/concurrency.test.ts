import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keepStarted } from '../../adapters/aws/concurrency.ts';
import { sha256, signedHeaders } from '../../adapters/aws/sigv4.ts';

/** What Lambda keeps for the alias; undefined where nobody has asked for anything. */
let kept: { RequestedProvisionedConcurrentExecutions: number; Status: string } | undefined;
let asked: { method: string; url: string; body: string; headers: IncomingMessage['headers'] }[] = [];
let failing: number | undefined;

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const { method = '', url = '', headers } = request;
  asked.push({ method, url, body, headers });
  if (failing !== undefined) return void response.writeHead(failing).end('{}');
  const before = kept;
  if (method === 'PUT') {
    const { ProvisionedConcurrentExecutions: executions } = JSON.parse(body);
    kept = { RequestedProvisionedConcurrentExecutions: executions, Status: 'IN_PROGRESS' };
    return void response.writeHead(202).end(JSON.stringify(kept));
  }
  if (method === 'DELETE') kept = undefined;
  const none = { 'x-amzn-errortype': 'ProvisionedConcurrencyConfigNotFoundException' };
  if (before === undefined) response.writeHead(404, none);
  else response.writeHead(method === 'DELETE' ? 204 : 200);
  response.end(method === 'DELETE' ? undefined : JSON.stringify(before ?? {}));
});
let own: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ENDPOINT_URL_LAMBDA = `http://${own}`;
  process.env.WARM_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:predict-A1:live';
});
afterAll(() => server.close());
beforeEach(() => {
  [kept, asked, failing] = [undefined, [], undefined];
});
const path = '/2019-09-30/functions/predict-A1/provisioned-concurrency?Qualifier=live';

test('what is wanted is asked of the alias, once, in a signed call', async () => {
  await keepStarted(3);
  await keepStarted(3);
  expect(asked.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', path, ''],
    ['PUT', path, '{"ProvisionedConcurrentExecutions":3}'],
    ['GET', path, ''],
  ]);
  for (const { method, url, body, headers } of asked) {
    const stamp = String(headers['x-amz-date']);
    const now = Date.parse(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
    const type: Record<string, string> = method === 'PUT' ? { 'content-type': 'application/json' } : {};
    const { authorization } = signedHeaders(
      {
        ...{ method, url: new URL(`http://${own}${url}`), service: 'lambda', region: 'eu-west-1', now },
        ...{ headers: type, payload: sha256(body) },
      },
      { accessKeyId: 'test', secretAccessKey: 'test' },
    );
    expect(headers.authorization).toBe(authorization);
    expect(authorization).toContain('/eu-west-1/lambda/aws4_request');
  }
});

test('nothing is given back where nothing was asked for, and all of it where something was', async () => {
  await keepStarted(0);
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  await keepStarted(2);
  await keepStarted(0);
  expect(kept).toBeUndefined();
  expect(asked.at(-1)).toMatchObject({ method: 'DELETE', url: path });
});

test('what has failed to start is asked for again', async () => {
  kept = { RequestedProvisionedConcurrentExecutions: 2, Status: 'FAILED' };
  await keepStarted(2);
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'PUT']);
});

test.each([403, 404])('a refusal with %s is an error, so that the event comes again', async (status) => {
  failing = status;
  await expect(keepStarted(2)).rejects.toThrow(`lambda answered GET with ${status}`);
});
