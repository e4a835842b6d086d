import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type S3, startS3 } from '../../local/s3/server.ts';
import { clientOf, refusalOf, scratch } from './support/s3.ts';

const place = scratch();
const Bucket = 'uploads';
const created: string[] = [];
const large = randomBytes(5 * 1024 * 1024);
const small = randomBytes(1000);
let s3: S3;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  s3 = await startS3({ folder: place.folder, onCreated: (_, key) => created.push(key) });
  client = clientOf(s3.url);
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await s3.stop();
  place[Symbol.dispose]();
});

async function begin(Key: string, more = {}): Promise<string> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return UploadId ?? '';
}

async function upload(
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Uint8Array,
): Promise<CompletedPart> {
  const { ETag, ChecksumCRC32 } = await client.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }),
  );
  return { PartNumber, ETag, ChecksumCRC32 };
}

const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more = {}) =>
  client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }),
  );

const md5 = (data: Uint8Array) => createHash('md5').update(data).digest();

test('parts become one object, its ETag and CRC32 made of theirs', async () => {
  const id = await begin('whole', { ChecksumAlgorithm: 'CRC32', Metadata: { of: 'parts' } });
  const second = await upload('whole', id, 2, small);
  const first = await upload('whole', id, 1, large);
  const { ETag, ChecksumCRC32 } = await complete('whole', id, [first, second]);
  expect(ETag).toBe(`"${md5(Buffer.concat([md5(large), md5(small)])).toString('hex')}-2"`);
  expect(ChecksumCRC32).toMatch(/^.{8}-2$/);
  const found = await client.send(new GetObjectCommand({ Bucket, Key: 'whole' }));
  expect(Buffer.from((await found.Body?.transformToByteArray()) ?? [])).toEqual(
    Buffer.concat([large, small]),
  );
  expect(found).toMatchObject({ ETag, Metadata: { of: 'parts' } });
  expect(created).toEqual(['whole']);
  expect(await refusalOf(complete('whole', id, [first]))).toEqual(['NoSuchUpload', 404]);
});

test('ListParts shows what is there, page by page, and a part sent again replaces the first', async () => {
  const id = await begin('parts');
  for (const number of [1, 2, 3]) await upload('parts', id, number, small);
  await upload('parts', id, 2, small.subarray(0, 10));
  const input = { Bucket, Key: 'parts', UploadId: id, MaxParts: 2 };
  const page = await client.send(new ListPartsCommand(input));
  expect(page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 1000],
    [2, 10],
  ]);
  expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  const rest = await client.send(
    new ListPartsCommand({ ...input, PartNumberMarker: page.NextPartNumberMarker }),
  );
  expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
  expect(rest.IsTruncated).toBe(false);
});

test('an aborted upload is gone with its parts', async () => {
  const id = await begin('aborted');
  const part = await upload('aborted', id, 1, small);
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId: id }));
  expect(await refusalOf(complete('aborted', id, [part]))).toEqual(['NoSuchUpload', 404]);
  expect(await refusalOf(upload('aborted', id, 2, small))).toEqual(['NoSuchUpload', 404]);
  expect(await refusalOf(client.send(new HeadObjectCommand({ Bucket, Key: 'aborted' })))).toEqual([
    'NotFound',
    404,
  ]);
});

test.each([
  [
    'a part that was not sent',
    'InvalidPart',
    (first: CompletedPart) => [first, { PartNumber: 9, ETag: '"x"' }],
  ],
  ['a part with another ETag', 'InvalidPart', (first: CompletedPart) => [{ ...first, ETag: '"x"' }]],
  [
    'a part with another checksum',
    'InvalidPart',
    (first: CompletedPart) => [{ ...first, ChecksumCRC32: 'AAAAAA==' }],
  ],
  [
    'parts out of order',
    'InvalidPartOrder',
    (first: CompletedPart, second: CompletedPart) => [second, first],
  ],
  [
    'a small part that is not the last',
    'EntityTooSmall',
    (first: CompletedPart, second: CompletedPart) => [first, second],
  ],
  [
    'a part without the checksum the upload was begun with',
    'InvalidRequest',
    ({ PartNumber, ETag }: CompletedPart) => [{ PartNumber, ETag }],
  ],
])('%s is refused as %s, and the upload goes on', async (_, name, choose) => {
  const id = await begin('refused', { ChecksumAlgorithm: 'CRC32' });
  const first = await upload('refused', id, 1, small);
  const second = await upload('refused', id, 2, small);
  expect(await refusalOf(complete('refused', id, choose(first, second)))).toEqual([name, 400]);
  await complete('refused', id, [second]);
});

test('completing is a conditional write too', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'first' }));
  const id = await begin('taken');
  const part = await upload('taken', id, 1, small);
  const refused = complete('taken', id, [part], { IfNoneMatch: '*' });
  expect(await refusalOf(refused)).toEqual(['PreconditionFailed', 412]);
  await complete('taken', id, [part]);
});

test('copying a part is not known and is refused by its name', async () => {
  const id = await begin('copied');
  const input = { Bucket, Key: 'copied', UploadId: id, PartNumber: 1, CopySource: `${Bucket}/taken` };
  expect(await refusalOf(client.send(new UploadPartCopyCommand(input)))).toEqual(['NotImplemented', 501]);
});
