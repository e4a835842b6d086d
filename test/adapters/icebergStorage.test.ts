import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { icebergStorage } from '../../adapters/iceberg/storage.ts';
import { commitRun } from '../../iceberg/commitLoop.ts';
import type { Storage } from '../../iceberg/ports.ts';
import { localKeys } from '../../local/loopback.ts';
import { startS3 } from '../../local/s3/server.ts';
import { around, micros, name, overwrite, slotFile, target } from '../iceberg/support/tables.ts';
import { clientOf } from '../local/support/s3.ts';

const bytes = (text: string) => Buffer.from(text);
const textOf = async (read: Promise<Uint8Array>) => Buffer.from(await read).toString();
const slot = micros('2026-11-20T06:00:00Z');

const home = mkdtempSync(join(tmpdir(), 'slipway-storage-'));
const root = join(home, 'warehouse');
let s3: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  s3 = await startS3({ folder: join(home, 's3'), onCreated: () => {} });
  const client = clientOf(s3.url);
  await client.send(new CreateBucketCommand({ Bucket: 'warehouse' }));
  client.destroy();
});
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', s3.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', localKeys.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', localKeys.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await s3.stop();
  rmSync(home, { recursive: true, force: true });
});

const storage: Storage = icebergStorage(root);

describe.each([
  ['this machine', root],
  ['this machine, as a file URL', `file://${root}/url`],
  ['S3', 's3://warehouse/some where'],
])('files of %s', (_, place) => {
  test('what was written is read, whole or a range of it, and has its size', async () => {
    expect(await storage.put(`${place}/a/b.txt`, bytes('hello'))).toBe('written');
    expect(await textOf(storage.get(`${place}/a/b.txt`))).toBe('hello');
    expect(await textOf(storage.get(`${place}/a/b.txt`, { start: 1, end: 3 }))).toBe('el');
    expect(await textOf(storage.get(`${place}/a/b.txt`, { start: 3, end: 99 }))).toBe('lo');
    expect(await textOf(storage.get(`${place}/a/b.txt`, { start: 2, end: 2 }))).toBe('');
    expect(await storage.size(`${place}/a/b.txt`)).toBe(5);
    expect(await storage.put(`${place}/a/b.txt`, bytes('bye'))).toBe('written');
    expect(await textOf(storage.get(`${place}/a/b.txt`))).toBe('bye');
  });

  test('a file that is not there is a fault of its own, and no error where it is removed', async () => {
    await expect(storage.get(`${place}/none`)).rejects.toMatchObject({ code: 'fileNotFound' });
    await expect(storage.size(`${place}/none`)).rejects.toMatchObject({ code: 'fileNotFound' });
    await storage.put(`${place}/gone`, bytes('x'));
    await storage.remove([`${place}/gone`, `${place}/never`]);
    await expect(storage.size(`${place}/gone`)).rejects.toMatchObject({ code: 'fileNotFound' });
  });

  test('of twenty who write where nothing is, exactly one does', async () => {
    const writers = Array.from({ length: 20 }, (_, i) =>
      storage.put(`${place}/one`, bytes(`${i}`), { ifAbsent: true }),
    );
    const outcomes = await Promise.all(writers);
    expect(outcomes.filter((one) => one === 'written')).toHaveLength(1);
    expect(await textOf(storage.get(`${place}/one`))).toBe(`${outcomes.indexOf('written')}`);
  });

  test('a file catalog there takes each of ten rival runs exactly once', async () => {
    const world = around(storage, `${place}/tables`);
    await world.catalog.create(name, target);
    await expect(world.catalog.create(name, target)).rejects.toMatchObject({ code: 'tableExists' });
    const ids = Array.from({ length: 20 }, (_, i) => `${i % 10}`);
    const outcomes = await Promise.all(
      ids.map((runId) =>
        commitRun(world, {
          ...{ table: name, runId, properties: {}, deadline: Date.now() + 20_000 },
          change: () => overwrite(slot + BigInt(runId), [slotFile(runId, slot + BigInt(runId))]),
        }),
      ),
    );
    expect(outcomes.filter(({ how }) => how === 'committed')).toHaveLength(10);
    const found = await world.catalog.load(name);
    expect(found?.metadata.snapshots).toHaveLength(10);
    expect(found?.metadataLocation).toBe(`${place}/tables/scores/churn/metadata/v11.metadata.json`);
  });
});

test('a path that leads out of the warehouse is refused, whatever names it', async () => {
  writeFileSync(join(home, 'secret'), 'x');
  for (const path of [
    '/etc/passwd',
    `${root}/../secret`,
    `file://${root}/../secret`,
    join(home, 'secret'),
    root,
    'a',
    '',
  ])
    await expect(storage.get(path)).rejects.toMatchObject({ code: 'refused' });
  for (const path of [
    's3://warehouse',
    's3://warehouse/',
    's3:///a',
    's3://warehouse/../models/a',
    's3://../a',
    's3://warehouse/a/./b',
  ])
    await expect(storage.get(path)).rejects.toMatchObject({ code: 'malformed' });
  await expect(icebergStorage().get(`${root}/a`)).rejects.toMatchObject({ code: 'unsupported' });
});

test('nothing half written is left, and a file system that refuses says so without a path', async () => {
  await storage.put(`${root}/x/once`, bytes('1'), { ifAbsent: true });
  expect(await storage.put(`${root}/x/once`, bytes('2'), { ifAbsent: true })).toBe('exists');
  expect(readdirSync(join(root, 'x'))).toEqual(['once']);
  await expect(storage.put(`${root}/x/once/below`, bytes('3'))).rejects.toMatchObject({
    code: 'refused',
    message: /^the file system answered E[A-Z]+$/,
  });
  symlinkSync(join(home, 'nowhere'), join(root, 'x/link'));
  expect(await storage.put(`${root}/x/link`, bytes('4'), { ifAbsent: true })).toBe('exists');
  expect(existsSync(join(home, 'nowhere'))).toBe(false);
});

/** A store that answers PUT with these statuses, then with 200; the object is there from the first `taken` on. */
async function answering(statuses: number[], there?: string) {
  let puts = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'PUT') response.writeHead(statuses[puts++] ?? 200).end();
      else if (there === undefined) response.writeHead(404).end();
      else
        response
          .writeHead(200, { 'content-length': there.length })
          .end(request.method === 'HEAD' ? '' : there);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    puts: () => puts,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test.each([
  ['a conflict of two requests is sent again', [409, 409], undefined, 'written', 3],
  ['a fault after which the bytes are there was no loss', [500, 412], 'mine', 'written', 2],
  ['a fault after which other bytes are there was one', [503, 412], 'else', 'exists', 2],
  ['what is there was there', [412], 'others', 'exists', 1],
])('S3: %s', async (_, statuses, there, outcome, puts) => {
  using server = await answering(statuses, there);
  expect(await storage.put('s3://warehouse/a', bytes('mine'), { ifAbsent: true })).toBe(outcome);
  expect(server.puts()).toBe(puts);
});

test('S3: a refusal is a fault at once, and what never answers well is not known to be written or not', async () => {
  using _refusing = await answering([403]);
  await expect(storage.put('s3://warehouse/a', bytes('x'), { ifAbsent: true })).rejects.toMatchObject({
    code: 'refused',
  });
  using failing = await answering([500, 500, 500, 500]);
  const error = await storage
    .put('s3://warehouse/a', bytes('x'), { ifAbsent: true })
    .catch((thrown) => thrown);
  expect([error.message, error.code, failing.puts()]).toEqual(['S3 answered 500 to PUT', undefined, 4]);
});
