import { existsSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { presigned, sha256, signedHeaders } from '../../adapters/aws/sigv4.ts';
import { localKeys } from '../../local/loopback.ts';
import { startS3 } from '../../local/s3/server.ts';
import { clientOf, scratch, servedS3 } from './support/s3.ts';

const Bucket = 'models';
const { address, client, put, text } = servedS3(Bucket);

/** A request as the product signs it where it does without an SDK. */
const asSigned = (method: string, url: URL, payload: string, headers = {}) => ({
  ...{ method, url, headers, payload },
  ...{ service: 's3', region: 'us-east-1', now: Date.now() },
});

function signed(method: string, url: URL, payload: string, headers = {}): Record<string, string> {
  const { host: _, ...sent } = signedHeaders(asSigned(method, url, payload, headers), localKeys);
  return sent;
}

test('a body that breaks off leaves the object as it was', async () => {
  await put('broken', 'whole');
  const url = new URL(`${address()}/${Bucket}/broken`);
  const headers = { ...signed('PUT', url, 'UNSIGNED-PAYLOAD'), 'content-length': '100' };
  await new Promise((ended) => {
    const half = httpRequest(url, { method: 'PUT', headers }).on('error', ended);
    half.write('half', () => half.destroy());
    half.on('close', ended);
  });
  expect(await text('broken')).toBe('whole');
});

test('requests that the product signs itself are taken too, and held to the sum of their body', async () => {
  const url = new URL(`${address()}/${Bucket}/own%20%C3%A4%2B`);
  const sum = sha256('by hand');
  const put = (body: string) => fetch(url, { method: 'PUT', body, headers: signed('PUT', url, sum) });
  expect((await put('another')).status).toBe(400);
  expect((await put('by hand')).status).toBe(200);
  expect(await (await fetch(url, { headers: signed('GET', url, sha256('')) })).text()).toBe('by hand');
  expect(await text('own ä+')).toBe('by hand');
});

test('an address that the product signs itself takes one upload', async () => {
  const headers = { 'if-none-match': '*' };
  const url = new URL(`${address()}/${Bucket}/uploads/one`);
  const signedUrl = presigned(asSigned('PUT', url, 'UNSIGNED-PAYLOAD', headers), localKeys, 300);
  const upload = (more: Record<string, string>) =>
    fetch(signedUrl, { method: 'PUT', body: 'x', headers: more });
  expect([(await upload({})).status, (await upload(headers)).status, (await upload(headers)).status]).toEqual(
    [403, 200, 412],
  );
});

test.each([
  ['PUT object ?tagging', new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet: [] } })],
  ['GET object ?acl', new GetObjectAclCommand({ Bucket, Key: 'a' })],
  [
    'GET object ?attributes',
    new GetObjectAttributesCommand({ Bucket, Key: 'a', ObjectAttributes: ['ETag'] }),
  ],
  ['GetObject', new GetObjectCommand({ Bucket, Key: 'a', VersionId: 'v1' })],
  ['header x-amz-acl', new PutObjectCommand({ Bucket, Key: 'a', Body: '', ACL: 'public-read' })],
  [
    'PUT bucket ?versioning',
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  ],
])('%s is not known and is refused by its name', async (name, command) => {
  const call = client().send(command as PutObjectTaggingCommand);
  await expect(call).rejects.toThrow(`S3 ${name}`);
  await expect(call).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
});

test('objects, and nothing half written, are there after a restart', async () => {
  using other = scratch();
  const first = await startS3({ folder: other.folder });
  const writer = clientOf(first.url);
  await writer.send(new CreateBucketCommand({ Bucket }));
  await writer.send(new PutObjectCommand({ Bucket, Key: 'stays', Body: 'here' }));
  writer.destroy();
  await first.stop();
  const left = join(other.folder, 'files', 'left-over');
  writeFileSync(left, 'half');
  const second = await startS3({ folder: other.folder });
  const reader = clientOf(second.url);
  const found = await reader.send(new GetObjectCommand({ Bucket, Key: 'stays' }));
  expect(await found.Body?.transformToString()).toBe('here');
  expect(existsSync(left)).toBe(false);
  reader.destroy();
  await second.stop();
});

test('a request to a host that is not this machine is refused, though it is signed', async () => {
  const headers = {
    ...signed('GET', new URL(`${address()}/${Bucket}/a`), sha256('')),
    host: 'attacker.example',
  };
  const said = await new Promise<string>((done) =>
    httpRequest(`${address()}/${Bucket}/a`, { headers }, async (reply) =>
      done(`${reply.statusCode} ${Buffer.concat(await reply.toArray())}`),
    ).end(),
  );
  expect(said).toMatch(/^403 .*This host is not served here/s);
});
