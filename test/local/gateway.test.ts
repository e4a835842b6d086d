import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../local/gateway/server.ts';
import type { Invocation } from '../../local/lambda/pool.ts';

const routes = [
  { method: 'GET', path: '/pets/list', function: 'list' },
  { method: 'GET', path: '/pets/{id}', function: 'one' },
  { method: 'ANY', path: '/pets/{id}', function: 'any' },
  { method: 'POST', path: '/pets/{id}/feed/{food}', function: 'feed' },
  { method: 'GET', path: '/pets/{id}/feed/{food}', function: 'fed' },
  { method: 'GET', path: '/files/{proxy+}', function: 'files' },
  { method: 'ANY', path: '/pets/{proxy+}', function: 'rest' },
  { method: 'GET', path: '/healthz', function: 'health' },
  { method: '$default', path: '', function: 'otherwise' },
];

type Answer = (event: ReturnType<typeof JSON.parse>) => unknown;
let answer: Answer | undefined;
let ready = true;
let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    routes,
    patienceMs: 300,
    ready: () => ready,
    invoke: async (name, event) => {
      const given = JSON.parse(event);
      const made = answer
        ? await answer(given)
        : { statusCode: 200, body: JSON.stringify({ name, event: given }) };
      if (made instanceof Error) return failed(made.name);
      return { ok: true, payload: JSON.stringify(made) };
    },
  });
});
afterAll(() => gateway.stop());
const failed = (errorType: string): Invocation => ({
  ok: false,
  payload: JSON.stringify({ errorType, errorMessage: '' }),
});

/** Send a request and give the event that the function saw, and what came back. */
async function send(method: string, path: string, options: Pick<RequestInit, 'headers' | 'body'> = {}) {
  const reply = await fetch(gateway.url + path, { method, ...options });
  const body = await reply.text();
  return { status: reply.status, headers: reply.headers, body, seen: parse(body) };
}
const parse = (body: string) => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
async function answering<T>(with_: Answer, run: () => Promise<T>): Promise<T> {
  answer = with_;
  try {
    return await run();
  } finally {
    answer = undefined;
  }
}

describe('the route', () => {
  test.each([
    ['GET', '/pets/list', 'list', {}],
    ['GET', '/pets/7', 'one', { id: '7' }],
    ['PUT', '/pets/7', 'any', { id: '7' }],
    ['PUT', '/pets/list', 'any', { id: 'list' }],
    ['POST', '/pets/7/feed/hay', 'feed', { id: '7', food: 'hay' }],
    ['PUT', '/pets/7/feed/hay', 'rest', { proxy: '7/feed/hay' }],
    ['GET', '/pets/a%2Fb%20%C3%A9', 'one', { id: 'a/b é' }],
    ['GET', '/files/a/b/c', 'files', { proxy: 'a/b/c' }],
    ['POST', '/files/a', 'otherwise', undefined],
    ['GET', '/files', 'otherwise', undefined],
    ['GET', '/pets/', 'rest', { proxy: '' }],
    ['GET', '/pets/7/', 'rest', { proxy: '7/' }],
    ['GET', '/', 'otherwise', undefined],
    ['OPTIONS', '/nowhere', 'otherwise', undefined],
  ])('%s %s is %s', async (method, path, name, parameters) => {
    const { seen } = await send(method, path);
    expect(seen.name).toBe(name);
    expect(seen.event.pathParameters).toEqual(parameters);
  });

  test('names itself in the event, and so does the one behind all others', async () => {
    expect((await send('GET', '/pets/7?x=1')).seen.event.routeKey).toBe('GET /pets/{id}');
    expect((await send('GET', '/none')).seen.event.requestContext.routeKey).toBe('$default');
  });

  test('of a path that cannot be decoded is 400', async () => {
    expect(await send('GET', '/pets/%zz')).toMatchObject({ status: 400, seen: { message: 'Bad Request' } });
  });
});

describe('the event', () => {
  test('has the form of payload 2.0', async () => {
    const { seen } = await send('POST', '/pets/7/feed/hay?a=1&b=x%20y&a=2', {
      headers: { 'X-Own': 'value', 'content-type': 'application/json', 'user-agent': 'tester' },
      body: '{"é":1}',
    });
    expect(seen.event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /pets/{id}/feed/{food}',
      rawPath: '/pets/7/feed/hay',
      rawQueryString: 'a=1&b=x%20y&a=2',
      queryStringParameters: { a: '1,2', b: 'x y' },
      pathParameters: { id: '7', food: 'hay' },
      headers: { 'x-own': 'value', host: new URL(gateway.url).host },
      body: '{"é":1}',
      isBase64Encoded: false,
      requestContext: {
        stage: '$default',
        requestId: expect.stringMatching(/\S{10,}/),
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
        http: {
          method: 'POST',
          path: '/pets/7/feed/hay',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'tester',
        },
      },
    });
  });

  test('has no parameters, query, cookies or body where there are none', async () => {
    const { event } = (await send('GET', '/none')).seen;
    for (const name of ['pathParameters', 'queryStringParameters', 'cookies', 'body'])
      expect(event).not.toHaveProperty(name);
    expect(event.rawQueryString).toBe('');
  });

  test('joins headers that were sent twice and keeps cookies apart', async () => {
    const reply = await new Promise<string>((done) => {
      const sent = request(
        `${gateway.url}/none`,
        { headers: { 'X-Twice': ['a', 'b'], Cookie: 'k=1; l=2' } },
        (response) => done(text(response)),
      );
      sent.end();
    });
    const { event } = JSON.parse(reply);
    expect(event.headers['x-twice']).toBe('a,b');
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.cookies).toEqual(['k=1', 'l=2']);
  });

  test.each([
    ['application/json; charset=utf-8', false],
    ['application/vnd.api+json', false],
    ['text/csv', false],
    ['application/octet-stream', true],
    ['image/png', true],
  ])('carries a body of type %s in base64: %s', async (type, encoded) => {
    const { seen } = await send('POST', '/none', {
      headers: { 'content-type': type },
      body: Buffer.from('hello'),
    });
    expect(seen.event.isBase64Encoded).toBe(encoded);
    expect(seen.event.body).toBe(encoded ? 'aGVsbG8=' : 'hello');
  });
});

describe('the answer', () => {
  test('keeps status, headers, cookies and body', async () => {
    const made = {
      statusCode: 201,
      headers: { 'X-Own': 1, 'Content-Type': 'a/b' },
      cookies: ['a=1', 'b=2'],
      body: 'ü',
    };
    const reply = await answering(
      () => made,
      () => send('GET', '/none'),
    );
    expect(reply.status).toBe(201);
    expect(reply.body).toBe('ü');
    expect(reply.headers.get('x-own')).toBe('1');
    expect(reply.headers.get('content-type')).toBe('a/b');
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('decodes a body in base64', async () => {
    const made = { statusCode: 200, body: 'aGVsbG8=', isBase64Encoded: true };
    expect(
      (
        await answering(
          () => made,
          () => send('GET', '/none'),
        )
      ).body,
    ).toBe('hello');
  });

  test('without a status is the body of a 200', async () => {
    const reply = await answering(
      () => ({ plain: 1 }),
      () => send('GET', '/none'),
    );
    expect(reply).toMatchObject({ status: 200, seen: { plain: 1 } });
    expect(reply.headers.get('content-type')).toBe('application/json');
  });

  test('to HEAD has no body, and 204 has neither body nor length', async () => {
    const made = { statusCode: 204 };
    const reply = await answering(
      () => made,
      () => send('DELETE', '/none'),
    );
    expect(reply.status).toBe(204);
    expect(reply.headers.get('content-length')).toBe(null);
    expect(await send('HEAD', '/none')).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    ['a function that failed', Object.assign(new Error(), { name: 'Oops' }), 500, 'Internal Server Error'],
    [
      'too many at once',
      Object.assign(new Error(), { name: 'TooManyRequestsException' }),
      503,
      'Service Unavailable',
    ],
    [
      'more than a function takes',
      Object.assign(new Error(), { name: 'RequestTooLargeException' }),
      413,
      'Request Entity Too Large',
    ],
    [
      'a header that cannot be sent',
      { statusCode: 200, headers: { 'x-bad': 'a\r\nb: c' } },
      500,
      'Internal Server Error',
    ],
    ['a status that is none', { statusCode: 7, body: '' }, 500, 'Internal Server Error'],
  ])("of %s is the gateway's own", async (_, made, status, message) => {
    const reply = await answering(
      () => made,
      () => send('GET', '/none'),
    );
    expect(reply).toMatchObject({ status, seen: { message } });
  });

  test('of a function that takes longer than the gateway waits is 503, and its late answer is dropped', async () => {
    const reply = await answering(
      () => new Promise((late) => setTimeout(() => late({ statusCode: 200 }), 500)),
      () => send('GET', '/none'),
    );
    expect(reply).toMatchObject({ status: 503, seen: { message: 'Service Unavailable' } });
    await new Promise((later) => setTimeout(later, 300));
    expect((await send('GET', '/none')).status).toBe(200);
  });
});

describe('the listener', () => {
  const raw = (bytes: string) =>
    new Promise<string>((closed, failedToSend) => {
      const socket = connect(gateway.port, '127.0.0.1', () => socket.write(bytes));
      let got = '';
      socket.setTimeout(3000, () => socket.destroy(new Error(`still open after ${JSON.stringify(got)}`)));
      socket.on('data', (chunk) => {
        got += chunk;
      });
      socket.on('error', failedToSend);
      socket.on('close', () => closed(got));
    });
  const get = (line: string, host = 'localhost') => `${line}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

  test.each([
    [
      'both a length and chunks',
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    ],
    [
      'a chunk without a size',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n',
    ],
    ['a space in a header name', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    ['no protocol at all', 'hello there\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['an address instead of a path', get('GET http://localhost/ HTTP/1.1')],
    ['a star', get('OPTIONS * HTTP/1.1')],
  ])('answers a request with %s once with 400 and closes', async (_, bytes) => {
    const got = await raw(bytes);
    expect(got).toMatch(/^HTTP\/1\.1 400 /);
    expect(got.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test('answers headers that are too large with 431', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  test.each(['localhost', '127.0.0.1:1', '[::1]', 'api.localhost'])(
    'knows %s as a name of this machine',
    async (host) => {
      expect(await raw(get('GET /none HTTP/1.1', host))).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  test.each(['example.com', '10.0.0.1', 'localhost.example.com', '127.0.0.1.nip.io', ''])(
    'refuses the host "%s"',
    async (host) => {
      expect(await raw(get('GET /none HTTP/1.1', host))).toMatch(/^HTTP\/1\.1 (?:403|400) /);
    },
  );

  test('answers several requests on one connection in their order', async () => {
    const got = await raw(`GET /pets/1 HTTP/1.1\r\nHost: localhost\r\n\r\n${get('GET /pets/2 HTTP/1.1')}`);
    expect(got.match(/"id":"\d"/g)).toEqual(['"id":"1"', '"id":"2"']);
  });

  test('takes a body of 10 MB and answers a larger one with 413, announced or not', async () => {
    const most = 10 * 1024 * 1024;
    const headers = { 'content-type': 'text/plain' };
    const seen = await answering(
      (event) => ({ size: event.body.length }),
      () => send('POST', '/none', { headers, body: 'x'.repeat(most) }),
    );
    expect(seen.seen).toEqual({ size: most });
    expect(
      await raw(`POST /none HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${most + 1}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `80000\r\n${'x'.repeat(0x80000)}\r\n`;
    const start = 'POST /none HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await raw(start + chunk.repeat(21))).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('says that it is not healthy until everything is ready', async () => {
    ready = false;
    expect((await send('GET', '/healthz')).status).toBe(503);
    expect((await send('GET', '/pets/1')).status).toBe(200);
    ready = true;
    expect((await send('GET', '/healthz')).seen.name).toBe('health');
  });
});
