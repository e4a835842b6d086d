import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { localKeys, loopbackOnly } from '../../../local/loopback.ts';
import { type S3, startS3 } from '../../../local/s3/server.ts';

/** A folder that is gone when the test is over. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export const clientOf = (url: string, more: S3ClientConfig = {}) =>
  new S3Client({
    endpoint: loopbackOnly(url).href,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: localKeys,
    maxAttempts: 1,
    ...more,
  });

/** A client for presigning: the sum of a body that is not there yet has no place in the URL. */
export const presignerOf = (url: string) => clientOf(url, { requestChecksumCalculation: 'WHEN_REQUIRED' });

/** The name and status of the error that a call ends with. */
export async function refusalOf(call: Promise<unknown>): Promise<[string, number | undefined]> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return [name, $metadata?.httpStatusCode];
  }
  return ['no error', undefined];
}

/** A server with one bucket for the tests of a file, and the calls they make of it. */
export function servedS3(Bucket: string) {
  const place = scratch();
  const created: string[] = [];
  let s3: S3;
  let client: S3Client;
  beforeAll(async () => {
    s3 = await startS3({
      folder: place.folder,
      onCreated: (bucket, key) => created.push(`${bucket}/${key}`),
    });
    client = clientOf(s3.url);
    await client.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(async () => {
    client.destroy();
    await s3.stop();
    place[Symbol.dispose]();
  });
  const get = (Key: string, more = {}) => client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  const bytes = async (Key: string, more = {}) =>
    Buffer.from((await (await get(Key, more)).Body?.transformToByteArray()) ?? []);
  return {
    /** What the server said was created, as bucket/key. */
    created,
    folder: place.folder,
    address: () => s3.url,
    read: (bucket: string, key: string) => s3.read(bucket, key),
    client: () => client,
    put: (Key: string, Body: PutObjectCommandInput['Body'], more = {}) =>
      client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    head: (Key: string, more = {}) => client.send(new HeadObjectCommand({ Bucket, Key, ...more })),
    get,
    bytes,
    text: async (Key: string, more = {}) => (await bytes(Key, more)).toString(),
  };
}
