import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { refusalOf, servedS3 } from './support/s3.ts';

const Bucket = 'models';
const { created, folder, client, put, head, get, bytes, text, read } = servedS3(Bucket);

test('an object comes back with its bytes, headers, metadata and CRC32', async () => {
  const { ETag, ChecksumCRC32 } = await put('a/1.txt', 'hello world', {
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    Metadata: { foo: 'bar' },
  });
  const found = await get('a/1.txt', { ChecksumMode: 'ENABLED' });
  expect(await found.Body?.transformToString()).toBe('hello world');
  expect(found).toMatchObject({
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    Metadata: { foo: 'bar' },
    ContentLength: 11,
    ChecksumCRC32: 'DUoRhQ==',
    ETag,
  });
  expect(ChecksumCRC32).toBe('DUoRhQ==');
  expect(ETag).toBe(`"${createHash('md5').update('hello world').digest('hex')}"`);
});

test('a stream sent as aws-chunked is stored decoded, without that encoding', async () => {
  const data = randomBytes(300_000);
  const body = Readable.from([data.subarray(0, 100_000), data.subarray(100_000)]);
  await put('stream.bin', body, { ContentLength: data.length, ContentEncoding: 'gzip' });
  const { ContentEncoding, ChecksumCRC32 } = await head('stream.bin', { ChecksumMode: 'ENABLED' });
  expect(await bytes('stream.bin')).toEqual(data);
  expect(ContentEncoding).toBe('gzip');
  expect(ChecksumCRC32).toBeDefined();
});

test('a SHA-256 that was sent is kept and given back', async () => {
  const ChecksumSHA256 = createHash('sha256').update('abc').digest('base64');
  await put('sha', 'abc', { ChecksumSHA256 });
  expect(await head('sha', { ChecksumMode: 'ENABLED' })).toMatchObject({ ChecksumSHA256 });
});

test.each([
  ['CRC32', { ChecksumCRC32: 'AAAAAA==' }],
  ['SHA-256', { ChecksumSHA256: createHash('sha256').update('other').digest('base64') }],
  ['MD5', { ContentMD5: createHash('md5').update('other').digest('base64') }],
])('a wrong %s is refused and nothing is stored', async (_, sum) => {
  expect(await refusalOf(put('wrong', 'hello', sum))).toEqual(['BadDigest', 400]);
  expect(await refusalOf(head('wrong'))).toEqual(['NotFound', 404]);
});

test('a refused or failed write leaves no file behind', async () => {
  const files = () => readdirSync(join(folder, 'files')).length;
  await put('kept', '1');
  const before = files();
  await refusalOf(put('wrong', 'hello', { ChecksumCRC32: 'AAAAAA==' }));
  await refusalOf(put('kept', '2', { IfNoneMatch: '*' }));
  await put('kept', '3');
  expect(files()).toBe(before);
});

test('what is not there is 404 under the name the SDK knows', async () => {
  expect(await refusalOf(get('nope'))).toEqual(['NoSuchKey', 404]);
  expect(await refusalOf(head('nope'))).toEqual(['NotFound', 404]);
  const elsewhere = client().send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'a' }));
  expect(await refusalOf(elsewhere)).toEqual(['NoSuchBucket', 404]);
  expect(await refusalOf(client().send(new HeadBucketCommand({ Bucket: 'no-such-bucket' })))).toEqual([
    'NotFound',
    404,
  ]);
});

test('one and many objects are deleted, and deleting what is not there is no error', async () => {
  for (const key of ['d/1', 'd/2', 'd/<3>&"', 'd/4']) await put(key, key);
  await client().send(new DeleteObjectCommand({ Bucket, Key: 'd/1' }));
  await client().send(new DeleteObjectCommand({ Bucket, Key: 'd/1' }));
  const Objects = ['d/2', 'd/<3>&"', 'd/none'].map((Key) => ({ Key }));
  const { Deleted } = await client().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['d/2', 'd/<3>&"', 'd/none']);
  expect(await refusalOf(head('d/<3>&"'))).toEqual(['NotFound', 404]);
  expect(await text('d/4')).toBe('d/4');
});

test('a copy keeps the metadata or takes a new one', async () => {
  await put('from/ä +1', 'bytes', { Metadata: { a: '1' } });
  const CopySource = `${Bucket}/${encodeURIComponent('from/ä +1')}`;
  await client().send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
  expect(await head('copy')).toMatchObject({ ContentLength: 5, Metadata: { a: '1' } });
  const replaced = { MetadataDirective: 'REPLACE', Metadata: { z: '1' } } as const;
  await client().send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, ...replaced }));
  expect((await head('copy')).Metadata).toEqual({ z: '1' });
  const itself = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/copy` });
  expect(await refusalOf(client().send(itself))).toEqual(['InvalidRequest', 400]);
});

test('what was created is told once for each object', async () => {
  created.length = 0;
  await put('told', '1');
  await refusalOf(put('told', '2', { IfNoneMatch: '*' }));
  await client().send(new CopyObjectCommand({ Bucket, Key: 'told/copy', CopySource: `${Bucket}/told` }));
  expect(created).toEqual(['models/told', 'models/told/copy']);
});

test('a reader keeps what it began to read while the object is overwritten', async () => {
  const first = randomBytes(3_000_000);
  await put('busy', first);
  const reading = await get('busy');
  await put('busy', 'second');
  expect(Buffer.from((await reading.Body?.transformToByteArray()) ?? [])).toEqual(first);
  expect(await text('busy')).toBe('second');
});

test('buckets are made, listed, and removed only when empty', async () => {
  await client().send(new CreateBucketCommand({ Bucket: 'second' }));
  expect(await refusalOf(client().send(new CreateBucketCommand({ Bucket: 'second' })))).toEqual([
    'BucketAlreadyOwnedByYou',
    409,
  ]);
  const { Buckets } = await client().send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(['models', 'second']);
  await client().send(new DeleteBucketCommand({ Bucket: 'second' }));
  expect(await refusalOf(client().send(new DeleteBucketCommand({ Bucket })))).toEqual([
    'BucketNotEmpty',
    409,
  ]);
});

test('the other parts of this machine read an object without a signature', async () => {
  await put('runs/parts.json', '[1, 2]');
  expect(await read(Bucket, 'runs/parts.json')).toBe('[1, 2]');
  expect(await read(Bucket, 'runs/none.json')).toBeUndefined();
});
