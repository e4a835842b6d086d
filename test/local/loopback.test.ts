import { createServer, get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanEnv, close, freePort, isForThisMachine, listen, loopbackOnly } from '../../local/loopback.ts';

describe('loopbackOnly', () => {
  test.each([
    'http://127.0.0.1:8000',
    'http://localhost:4566/path',
    'http://[::1]:1',
    'https://abc.execute-api.localhost:4566',
    'http://LOCALHOST',
  ])('%s stays on this machine', (url) => {
    expect(loopbackOnly(url).href).toBe(new URL(url).href);
    expect(loopbackOnly(new URL(url)).href).toBe(new URL(url).href);
  });

  test.each([
    'https://abc.execute-api.us-east-1.amazonaws.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://notlocalhost',
    'http://0.0.0.0:1',
    'http://10.0.0.1',
    'http://127.0.0.1@example.com',
    'file:///etc/passwd',
    'localhost:8000',
    '127.0.0.1',
    '',
  ])('%s does not', (url) => {
    expect(() => loopbackOnly(url)).toThrow('an endpoint of this machine is expected');
  });
});

describe('cleanEnv', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test('holds dummy keys and nothing that the parent knows of AWS', () => {
    process.env.AWS_PROFILE = 'production';
    process.env.AWS_SESSION_TOKEN = 'real';
    process.env.AWS_ACCESS_KEY_ID = 'real';
    process.env.NODE_OPTIONS = '--inspect';
    const env = cleanEnv({ TABLE_NAME: 'control', AWS_REGION: 'eu-west-1' });
    expect(env).toMatchObject({
      PATH: process.env.PATH,
      TABLE_NAME: 'control',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['AWS_PROFILE']));
    expect(Object.values(env)).not.toContain('real');
    expect(env.NODE_OPTIONS).toBeUndefined();
  });

  test('refuses an endpoint that is not of this machine', () => {
    expect(() => cleanEnv({ AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com' })).toThrow('of this machine');
    expect(cleanEnv({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }).AWS_ENDPOINT_URL).toBe('http://127.0.0.1:1');
  });
});

test('a free port can be taken, on this machine alone, and is given back', async () => {
  const port = await freePort();
  const server = createServer((_, response) => response.end());
  expect(await listen(server, port)).toBe(port);
  expect(server.address()).toMatchObject({ address: '127.0.0.1', port });
  await expect(listen(createServer(), port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await close(server);
  expect(server.listening).toBe(false);
});

test.each([
  ['127.0.0.1:80', true],
  ['localhost', true],
  ['abc.localhost:80', true],
  ['attacker.example', false],
  ['localhost.example.com', false],
])('a request to the host "%s" is for this machine: %s', async (host, expected) => {
  const server = createServer((request, response) => response.end(String(isForThisMachine(request))));
  const port = await listen(server, 0);
  try {
    const reply = await new Promise<IncomingMessage>((done) =>
      get({ port, host: '127.0.0.1', headers: { host } }, done),
    );
    expect(Buffer.concat(await reply.toArray()).toString()).toBe(String(expected));
  } finally {
    await close(server);
  }
});
