import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type S3, startS3 } from '../../local/s3/server.ts';
import { clientOf, presignerOf, scratch } from './support/s3.ts';

const place = scratch();
const Bucket = 'signed';
let ahead = 0;
let s3: S3;
let client: ReturnType<typeof clientOf>;
let signer: ReturnType<typeof presignerOf>;

beforeAll(async () => {
  s3 = await startS3({ folder: place.folder, now: () => new Date(Date.now() + ahead) });
  client = clientOf(s3.url);
  signer = presignerOf(s3.url);
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'a/1.txt', Body: 'hello world' }));
});
afterAll(async () => {
  client.destroy();
  signer.destroy();
  await s3.stop();
  place[Symbol.dispose]();
});

const forGet = (Key: string, more = {}) =>
  getSignedUrl(signer, new GetObjectCommand({ Bucket, Key, ...more }), { expiresIn: 60 });
const forPut = (Key: string, more = {}) =>
  getSignedUrl(signer, new PutObjectCommand({ Bucket, Key, ...more }), { expiresIn: 60 });
const put = (url: string, body: string, headers = {}) => fetch(url, { method: 'PUT', body, headers });

test('a presigned GET gives the object under the name it was signed with', async () => {
  const url = await forGet('a/1.txt', { ResponseContentDisposition: 'attachment; filename=x.txt' });
  const found = await fetch(url, { headers: { range: 'bytes=0-4' } });
  expect([found.status, await found.text()]).toEqual([206, 'hello']);
  expect(found.headers.get('content-disposition')).toBe('attachment; filename=x.txt');
});

test('a presigned PUT stores what is sent', async () => {
  expect((await put(await forPut('put'), 'via url', { 'content-type': 'text/plain' })).status).toBe(200);
  const found = await fetch(await forGet('put'));
  expect([await found.text(), found.headers.get('content-type')]).toEqual(['via url', 'text/plain']);
});

test('a presigned PUT that was signed to write once does so, and only with its header', async () => {
  const url = await forPut('once', { IfNoneMatch: '*' });
  expect((await put(url, 'without')).status).toBe(403);
  expect((await put(url, 'first', { 'if-none-match': '*' })).status).toBe(200);
  expect((await put(url, 'second', { 'if-none-match': '*' })).status).toBe(412);
  expect(await (await fetch(await forGet('once'))).text()).toBe('first');
});

test('a header that was signed must be sent as it was signed', async () => {
  const command = new PutObjectCommand({ Bucket, Key: 'typed', ContentType: 'text/plain', ContentLength: 4 });
  const signableHeaders = new Set(['host', 'content-type', 'content-length']);
  const url = await getSignedUrl(signer, command, { expiresIn: 60, signableHeaders });
  expect((await put(url, 'four', { 'content-type': 'text/html' })).status).toBe(403);
  expect((await put(url, 'five!', { 'content-type': 'text/plain' })).status).toBe(403);
  expect((await put(url, 'four', { 'content-type': 'text/plain' })).status).toBe(200);
});

test('the sum of the empty body, which a client signs by default, refuses every real one', async () => {
  const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'sum' }), { expiresIn: 60 });
  expect(url).toContain('x-amz-checksum-crc32=AAAAAA');
  const refused = await put(url, 'real');
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('BadDigest')]);
});

test('a part is sent by a presigned URL', async () => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'part' }));
  const command = new UploadPartCommand({ Bucket, Key: 'part', UploadId, PartNumber: 1 });
  const sent = await put(await getSignedUrl(signer, command, { expiresIn: 60 }), 'part one');
  const Parts = [{ PartNumber: 1, ETag: sent.headers.get('etag') ?? '' }];
  const MultipartUpload = { Parts };
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'part', UploadId, MultipartUpload }));
  expect(await (await fetch(await forGet('part'))).text()).toBe('part one');
});

test.each([
  ['no signature', (url: string) => url.replace(/\?.*/, '')],
  ['another key', (url: string) => url.replace('1.txt', '2.txt')],
  ['another bucket', (url: string) => url.replace('/signed/', '/others/')],
  ['a changed signature', (url: string) => url.replace(/Signature=\w+/, `Signature=${'0'.repeat(64)}`)],
  ['a short signature', (url: string) => url.replace(/Signature=\w+/, 'Signature=00')],
  ['more time', (url: string) => url.replace('Expires=60', 'Expires=600')],
  ['one more parameter', (url: string) => `${url}&response-content-type=text%2Fhtml`],
])('%s is 403', async (_, change) => {
  const url = change(await forGet('a/1.txt'));
  expect((await fetch(url)).status).toBe(403);
});

test('another method than the signed one, and a header of AWS that was not signed, are 403', async () => {
  expect((await put(await forGet('a/1.txt'), 'instead')).status).toBe(403);
  const added = await put(await forPut('added'), 'x', { 'x-amz-meta-added': '1' });
  expect(added.status).toBe(403);
});

test('a URL ends with its time, and one of too long a time never begins', async () => {
  const url = await forGet('a/1.txt');
  ahead = 59_000;
  expect((await fetch(url)).status).toBe(200);
  ahead = 62_000;
  const late = await fetch(url);
  expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  ahead = 0;
  expect((await fetch(url.replace('Expires=60', 'Expires=604801'))).status).toBe(400);
});

test('a signed header with a clock that is far off is refused', async () => {
  ahead = 20 * 60_000;
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'a/1.txt' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  ahead = 0;
});

test('keys nobody knows open nothing', async () => {
  const stranger = clientOf(s3.url, { credentials: { accessKeyId: 'other', secretAccessKey: 'test' } });
  const wrong = clientOf(s3.url, { credentials: { accessKeyId: 'test', secretAccessKey: 'wrong' } });
  const command = new GetObjectCommand({ Bucket, Key: 'a/1.txt' });
  await expect(stranger.send(command)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  await expect(wrong.send(command)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('whatever the real presigner signs is taken, and nothing of it may change', async () => {
  const key = fc
    .string({
      unit: fc.constantFrom(
        'a',
        'B',
        '/',
        '~',
        'é',
        '\u{1f600}',
        ' ',
        '+',
        '%',
        "!'()*",
        '=',
        '&',
        '?',
        '#',
        ';',
      ),
      minLength: 1,
      maxLength: 8,
    })
    .map((text) => `k${text}`);
  const name = fc.string({
    unit: fc.constantFrom('x', ' ', '"', '=', '&', '+', 'ä', ';'),
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(key, name, fc.nat(), async (Key, disposition, place) => {
      const metadata = { Metadata: { note: 'n' } };
      expect((await put(await forPut(Key, metadata), Key)).status).toBe(200);
      const url = await forGet(Key, {
        ResponseContentType: `text/plain; n=${encodeURIComponent(disposition)}`,
      });
      const found = await fetch(url);
      expect([found.status, await found.text(), found.headers.get('x-amz-meta-note')]).toEqual([
        200,
        Key,
        'n',
      ]);
      const at = url.indexOf('Signature=') + 'Signature='.length + (place % 64);
      const other = url[at] === '0' ? '1' : '0';
      expect((await fetch(url.slice(0, at) + other + url.slice(at + 1))).status).toBe(403);
    }),
    { numRuns: 40 },
  );
});
