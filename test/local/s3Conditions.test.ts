import { expect, test } from 'vitest';
import { refusalOf, servedS3 } from './support/s3.ts';

const Bucket = 'models';
const { put, get, text } = servedS3(Bucket);

test.each([
  ['bytes=2-5', 'llo ', 'bytes 2-5/11'],
  ['bytes=6-', 'world', 'bytes 6-10/11'],
  ['bytes=-3', 'rld', 'bytes 8-10/11'],
  ['bytes=8-99', 'rld', 'bytes 8-10/11'],
  ['bytes=-99', 'hello world', 'bytes 0-10/11'],
])('the range %s is answered with 206 and its place', async (Range, expected, ContentRange) => {
  await put('range', 'hello world');
  const found = await get('range', { Range });
  expect(await found.Body?.transformToString()).toBe(expected);
  expect(found).toMatchObject({ ContentRange, ContentLength: expected.length });
  expect(found.$metadata.httpStatusCode).toBe(206);
});

test('a range behind the end is 416, and one that makes no sense is ignored', async () => {
  await put('range', 'hello world');
  expect(await refusalOf(get('range', { Range: 'bytes=100-200' }))).toEqual(['InvalidRange', 416]);
  expect(await text('range', { Range: 'bytes=5-2' })).toBe('hello world');
  expect(await text('range', { Range: 'lines=1-2' })).toBe('hello world');
});

test('If-None-Match: * writes once', async () => {
  await put('once', '1', { IfNoneMatch: '*' });
  expect(await refusalOf(put('once', '2', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
  expect(await text('once')).toBe('1');
});

test('of twenty writers who race with If-None-Match: * exactly one wins', async () => {
  const writers = Array.from({ length: 20 }, (_, i) => put('race', String(i), { IfNoneMatch: '*' }));
  const outcomes = await Promise.allSettled(writers);
  const winners = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [String(i)] : []));
  expect(winners).toHaveLength(1);
  expect(await text('race')).toBe(winners[0]);
});

test('If-Match replaces only what was read', async () => {
  const { ETag } = await put('swap', '1');
  await put('swap', '2', { IfMatch: ETag });
  expect(await refusalOf(put('swap', '3', { IfMatch: ETag }))).toEqual(['PreconditionFailed', 412]);
  expect(await refusalOf(put('never', '1', { IfMatch: ETag }))).toEqual(['NoSuchKey', 404]);
  expect(await text('swap')).toBe('2');
});

test('a read may ask for a change: 304 when there is none, 412 when there is', async () => {
  const { ETag } = await put('seen', '1');
  expect((await refusalOf(get('seen', { IfNoneMatch: ETag })))[1]).toBe(304);
  expect((await refusalOf(get('seen', { IfModifiedSince: new Date(Date.now() + 60_000) })))[1]).toBe(304);
  expect((await refusalOf(get('seen', { IfMatch: '"other"' })))[1]).toBe(412);
  expect((await refusalOf(get('seen', { IfUnmodifiedSince: new Date(0) })))[1]).toBe(412);
  expect(await text('seen', { IfMatch: ETag })).toBe('1');
});
