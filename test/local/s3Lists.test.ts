import {
  CreateBucketCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type S3, startS3 } from '../../local/s3/server.ts';
import { clientOf, refusalOf, scratch } from './support/s3.ts';

const place = scratch();
let s3: S3;
let client: ReturnType<typeof clientOf>;
let buckets = 0;

beforeAll(async () => {
  s3 = await startS3({ folder: place.folder });
  client = clientOf(s3.url);
});
afterAll(async () => {
  client.destroy();
  await s3.stop();
  place[Symbol.dispose]();
});

/** A new bucket that holds these keys. */
async function holding(keys: string[]): Promise<string> {
  const Bucket = `bucket-${++buckets}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  return Bucket;
}

/** All pages of a listing, and how many keys and prefixes each had. */
async function listed(input: ListObjectsV2CommandInput) {
  const keys: string[] = [];
  const prefixes: string[] = [];
  const pages: number[] = [];
  const shown = (text = '') => (input.EncodingType === 'url' ? decodeURIComponent(text) : text);
  for (let ContinuationToken: string | undefined; ; ) {
    const page = await client.send(new ListObjectsV2Command({ ...input, ContinuationToken }));
    keys.push(...(page.Contents ?? []).map(({ Key }) => shown(Key)));
    prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => shown(Prefix)));
    pages.push(page.KeyCount ?? -1);
    ContinuationToken = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
    if (!ContinuationToken) return { keys, prefixes, pages };
  }
}

test('keys are listed by prefix, in pages, and folded at a delimiter', async () => {
  const Bucket = await holding(['a', 'l/0/x0', 'l/0/x2', 'l/1/x1', 'l/1/x3', 'l/y', 'l0', 'z']);
  expect(await listed({ Bucket, Prefix: 'l/', Delimiter: '/' })).toEqual({
    keys: ['l/y'],
    prefixes: ['l/0/', 'l/1/'],
    pages: [3],
  });
  expect((await listed({ Bucket, Prefix: 'l/', MaxKeys: 2 })).pages).toEqual([2, 2, 1]);
  expect(await listed({ Bucket, Prefix: 'l/', Delimiter: '/', MaxKeys: 1 })).toMatchObject({
    pages: [1, 1, 1],
  });
  expect((await listed({ Bucket, StartAfter: 'l/1/x1' })).keys).toEqual(['l/1/x3', 'l/y', 'l0', 'z']);
  expect((await listed({ Bucket, MaxKeys: 0 })).pages).toEqual([0]);
  expect((await listed({ Bucket, Prefix: 'none' })).keys).toEqual([]);
});

test('a listing knows the size, time and ETag of each object', async () => {
  const Bucket = await holding(['one']);
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents?.[0]).toMatchObject({ Key: 'one', Size: 3, ETag: '"f97c5d29941bfb1b2fdab0874906ab82"' });
  expect(Contents?.[0]?.LastModified).toBeInstanceOf(Date);
});

test('a token that is not ours is refused', async () => {
  const Bucket = await holding([]);
  const call = client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: '../*' }));
  expect(await refusalOf(call)).toEqual(['InvalidArgument', 400]);
});

const word = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '..', 'é', '\u{ff5e}', '\u{1f600}', ' ', '%', '+', '<&>'),
  minLength: 1,
  maxLength: 6,
});
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

test('any keys come back whole, in the order of their UTF-8 bytes, page by page', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(word, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (keys, MaxKeys) => {
        const Bucket = await holding(keys);
        const { keys: found } = await listed({ Bucket, MaxKeys, EncodingType: 'url' });
        expect(found).toEqual([...keys].sort(byBytes));
      },
    ),
    { numRuns: 25 },
  );
});

test('folding at any delimiter loses and doubles nothing, whatever the size of a page', async () => {
  const anyDelimiter = fc.constantFrom('/', 'a', '..', '\u{1f600}');
  const prefix = fc.constantFrom('', 'a', 'b', '/', 'a/');
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(word, { maxLength: 25 }),
      anyDelimiter,
      prefix,
      fc.integer({ min: 1, max: 4 }),
      async (all, Delimiter, Prefix, MaxKeys) => {
        const Bucket = await holding(all);
        const inside = all.filter((key) => key.startsWith(Prefix)).sort(byBytes);
        const fold = (key: string) => {
          const cut = key.indexOf(Delimiter, Prefix.length);
          return cut < 0 ? undefined : key.slice(0, cut + Delimiter.length);
        };
        const { keys, prefixes } = await listed({ Bucket, Prefix, Delimiter, MaxKeys, EncodingType: 'url' });
        expect(keys).toEqual(inside.filter((key) => fold(key) === undefined));
        expect(prefixes).toEqual([...new Set(inside.map(fold).filter((one) => one !== undefined))]);
      },
    ),
    { numRuns: 25 },
  );
});
