import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { outside, post } from '../../adapters/outbound/post.ts';
import { type Behaviour, publicAddress, type Receiver, startReceiver } from '../support/receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver(['hooks.example.com']);
});
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.dialled.length = 0;
  receiver.addresses = async () => [publicAddress];
  receiver.behave = (response) => response.writeHead(204).end();
});

const send = (url = 'https://hooks.example.com/in?a=1', ways = receiver.ways) =>
  post({ url, headers: { 'content-type': 'application/json', 'webhook-id': 'one' }, body: '{"ü":1}' }, ways);

test('a message arrives whole, at its host and path, by TLS that is checked', async () => {
  expect(await send()).toEqual({ status: 204, retryAfter: undefined });
  expect(receiver.received).toEqual([
    {
      path: '/in?a=1',
      body: '{"ü":1}',
      headers: expect.objectContaining({
        host: 'hooks.example.com',
        'webhook-id': 'one',
        'content-length': '8',
      }),
    },
  ]);
  expect(receiver.dialled).toEqual([publicAddress]);
});

const streams: Behaviour = (response) => {
  response.writeHead(200);
  const drip = setInterval(() => response.write('x'), 50);
  response.on('close', () => clearInterval(drip));
};
const floods: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': String(1024 ** 3) });
  const part = Buffer.alloc(64 * 1024);
  const more = () => {
    while (!response.destroyed && response.write(part));
  };
  response.on('drain', more);
  more();
};
const drips: Behaviour = ({ socket }) => {
  socket?.write('HTTP/1.1 200 OK\r\n');
  const drip = setInterval(() => socket?.write('x: y\r\n'), 50);
  socket?.on('close', () => clearInterval(drip));
};
const answers =
  (status: number, headers = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end('secret of the receiver');

test.each<[string, Behaviour, object]>([
  ['500', answers(500), { status: 500 }],
  ['429 that says when', answers(429, { 'retry-after': '7' }), { status: 429, retryAfter: '7' }],
  ['410', answers(410), { status: 410 }],
  ['a redirect', answers(302, { location: 'http://169.254.169.254/' }), { status: 302 }],
  ['nothing', () => {}, { status: null, error: 'timed_out' }],
  ['an answer without an end', streams, { status: null, error: 'timed_out' }],
  ['headers without an end', drips, { status: null, error: 'timed_out' }],
  ['an answer of a gigabyte', floods, { status: 200, error: 'answer_too_large' }],
  [
    'headers of a megabyte',
    answers(200, { big: 'x'.repeat(1024 * 1024) }),
    { status: null, error: 'no_http' },
  ],
  [
    'another protocol',
    ({ socket }) => socket?.end('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    { status: 101 },
  ],
  ['a broken connection', ({ socket }) => socket?.destroy(), { status: null, error: 'cut_off' }],
  [
    'half of an answer',
    (response) => {
      response.writeHead(200, { 'content-length': '10' }).write('x');
      setTimeout(() => response.destroy(), 20);
    },
    { status: null, error: 'cut_off' },
  ],
])('H53, H56: %s is what it is, within the time, and is asked for once', async (_, behave, said) => {
  receiver.behave = behave;
  const began = Date.now();
  expect(await send()).toEqual(expect.objectContaining(said));
  expect(Date.now() - began).toBeLessThan(receiver.ways.total + 1_000);
  expect([receiver.received.length, receiver.dialled]).toEqual([1, [publicAddress]]);
});

test('nothing that a receiver sends is kept', async () => {
  receiver.behave = answers(500);
  expect(JSON.stringify(await send())).not.toContain('secret');
});

test.each([
  ['a private one', ['10.0.0.5']],
  ['the function itself', ['127.0.0.1']],
  ['a public one beside our own of IPv6', [publicAddress, '::1']],
  ['one of IPv4 within IPv6', ['::ffff:169.254.169.254']],
])('H51: a host whose address is %s is never connected to', async (_, addresses) => {
  receiver.addresses = async () => addresses;
  expect(await send()).toEqual({ status: null, error: 'blocked_address' });
  expect([receiver.dialled, receiver.received]).toEqual([[], []]);
});

test('H52: a name is resolved once for each message, and what is dialled is what was looked at', async () => {
  const asked: string[] = [];
  receiver.addresses = async (host) => {
    asked.push(host);
    return asked.length === 1 ? ['8.8.8.8'] : ['127.0.0.1'];
  };
  expect(await send()).toMatchObject({ status: 204 });
  expect([asked, receiver.dialled]).toEqual([['hooks.example.com'], ['8.8.8.8']]);
  expect(await send()).toEqual({ status: null, error: 'blocked_address' });
  expect(receiver.dialled).toEqual(['8.8.8.8']);
});

test.each([
  'http://hooks.example.com/',
  'https://hooks.example.com:8443/',
  'https://me@hooks.example.com/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://localhost/',
  'file:///etc/passwd',
  'no url',
])('H47, H49, H50: %s is not even resolved', async (url) => {
  receiver.addresses = () => Promise.reject(new Error('was asked'));
  expect(await send(url)).toEqual({ status: null, error: 'blocked_url' });
});

test('another certificate than that of the host is refused', async () => {
  expect(await send('https://other.example.com/')).toEqual({ status: null, error: 'bad_certificate' });
  const dial = () => ({ host: '127.0.0.1', port: receiver.port });
  expect(await send(undefined, { ...receiver.ways, dial })).toEqual({
    status: null,
    error: 'bad_certificate',
  });
  expect(receiver.received).toEqual([]);
});

test('no name, no connection, and no answer to a connection are told apart', async () => {
  receiver.addresses = () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
  expect(await send()).toEqual({ status: null, error: 'unknown_host' });
  receiver.addresses = async () => [];
  expect(await send()).toEqual({ status: null, error: 'unknown_host' });
  receiver.addresses = () => new Promise(() => {});
  expect(await send(undefined, { ...receiver.ways, total: 100 })).toEqual({
    status: null,
    error: 'timed_out',
  });
  receiver.addresses = async () => [publicAddress];
  const nobody = { ...receiver.ways, dial: () => ({ host: '127.0.0.1', port: 1 }) };
  expect(await send(undefined, nobody)).toEqual({ status: null, error: 'no_connection' });
  const silent = createServer(() => {});
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const { port } = silent.address() as { port: number };
  const mute = { ...receiver.ways, connect: 200, dial: () => ({ host: '127.0.0.1', port }) };
  const began = Date.now();
  expect(await send(undefined, mute)).toEqual({ status: null, error: 'timed_out' });
  expect(Date.now() - began).toBeLessThan(1_000);
  silent.close();
});

test('to the real outside it resolves all addresses, waits 3 s for a connection and 15 s in all', async () => {
  expect(outside).toMatchObject({ connect: 3_000, total: 15_000 });
  expect(await outside.resolve('localhost')).toContain('127.0.0.1');
  expect(outside.dial(publicAddress)).toEqual({ host: publicAddress, port: 443 });
});
