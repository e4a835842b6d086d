import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { create, put, read, remove, versions } from '../../adapters/aws/secrets.ts';
import { type Call, transport } from '../../adapters/aws/signed.ts';
import { type Services, startServices } from '../../local/services.ts';

let home: string;
let services: Services;
let clock = Date.parse('2026-07-01T00:00:00Z');
const { send } = transport;

async function start() {
  services = await startServices({
    ...{ machines: {}, invoke: async () => undefined, publish: () => {}, home },
    world: { now: () => clock },
  });
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', services.url);
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'slipway-secrets-'));
  vi.stubEnv('SECRETS_PREFIX', 'slipway');
  await start();
});
afterAll(async () => {
  transport.send = send;
  vi.unstubAllEnvs();
  await services.stop();
  rmSync(home, { recursive: true, force: true });
});

test('a secret is made once, read, and gone once it is removed', async () => {
  expect(await read('webhooks/a')).toBeUndefined();
  expect(await versions('webhooks/a')).toBeUndefined();
  expect(await create('webhooks/a', 'one')).toBe('created');
  expect(await create('webhooks/a', 'two')).toBe('exists');
  expect(await read('webhooks/a')).toBe('one');
  await remove('webhooks/a');
  await remove('webhooks/a');
  expect(await read('webhooks/a')).toBeUndefined();
  expect(await create('webhooks/a', 'three')).toBe('created');
});

test('a changed one keeps the value before it, and since when it has the new one', async () => {
  await put('webhooks/b', 'first');
  expect(await versions('webhooks/b')).toEqual({ current: 'first', previous: undefined, since: clock });
  clock += 60_000;
  await put('webhooks/b', 'second');
  await put('webhooks/b', 'third');
  expect(await versions('webhooks/b')).toEqual({ current: 'third', previous: 'second', since: clock });
});

test('secrets outlive the process, in a file that nobody else can read', async () => {
  await put('webhooks/c', 'kept');
  expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600);
  await services.stop();
  await start();
  expect(await read('webhooks/c')).toBe('kept');
});

test('a request whose answer was lost does its work once', async () => {
  let lost = 0;
  transport.send = async (url, headers, call: Call) => {
    const answer = await send(url, headers, call);
    if (lost++ === 0) throw new Error('the connection broke');
    return answer;
  };
  expect(await create('webhooks/d', 'once')).toBe('created');
  expect(lost).toBe(2);
});

test('calls are signed for the service, at its own host where no variable says otherwise', async () => {
  const seen: { host: string; authorization?: string; target?: string }[] = [];
  transport.send = async (url, headers, call) => {
    const target = call.headers?.['x-amz-target'];
    seen.push({ host: url.host, authorization: headers.authorization, target });
    return { status: 400, headers: {}, body: Buffer.from('{"__type":"AccessDeniedException"}') };
  };
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', undefined);
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  await expect(read('webhooks/d')).rejects.toThrow('secretsmanager answered GetSecretValue with 400 Access');
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    host: 'secretsmanager.eu-west-1.amazonaws.com',
    target: 'secretsmanager.GetSecretValue',
    authorization: expect.stringContaining('/eu-west-1/secretsmanager/aws4_request'),
  });
});
