import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Ask } from './ask.ts';
import { decodeChunked } from './chunked.ts';
import { refusal, unknownHere } from './refusal.ts';
import type { Store } from './store.ts';

const mostBytes = 5 * 1024 ** 3;
const checksums = ['crc32', 'sha256', 'sha1'];
const others = ['crc32c', 'crc64nvme', 'md5', 'sha512', 'xxhash3', 'xxhash64', 'xxhash128'];
const badDigest = (what: string) => refusal(400, 'BadDigest', `The ${what} you specified did not match`);

/** Bytes that arrived, now in a file, with what was computed of them on the way. */
export interface Received {
  file: string;
  size: number;
  md5: string;
  sums: Record<string, string>;
}

/** Write the body to a new file and hold it to every sum and length that was sent with it. */
export async function receive(ask: Ask, store: Store): Promise<Received & { asked: Record<string, string> }> {
  refuseOtherSums(ask);
  const trailers = new Map<string, string>();
  const received = await write(store, bodyOf(ask, trailers));
  try {
    const trailer = ask.header('x-amz-trailer');
    if (trailer && !trailers.has(trailer.toLowerCase()))
      throw refusal(400, 'MalformedTrailerError', 'The trailer that was announced is not there');
    checkLength(ask, received.size);
    const asked = checkSums(ask, trailers, received);
    checkDigests(ask, received);
    return { ...received, asked };
  } catch (error) {
    store.discard(received.file);
    throw error;
  }
}

/** The sums of a body without keeping it, for requests whose body is a document. */
export function checkDocument(ask: Ask, text: string): void {
  refuseOtherSums(ask);
  const bytes = Buffer.from(text);
  const sums = {
    crc32: base64Crc(crc32(bytes)),
    sha256: digest('sha256', bytes),
    sha1: digest('sha1', bytes),
  };
  const received = { file: '', size: bytes.length, md5: createHash('md5').update(bytes).digest('hex'), sums };
  checkSums(ask, new Map(), received);
  checkDigests(ask, received);
}

const digest = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64');

function refuseOtherSums(ask: Ask) {
  for (const name of others)
    if (ask.header(`x-amz-checksum-${name}`) !== undefined)
      throw unknownHere(`checksum ${name.toUpperCase()}`);
}

const isChunked = (ask: Ask) => ask.header('x-amz-content-sha256')?.startsWith('STREAMING-') ?? false;

function bodyOf(ask: Ask, trailers: Map<string, string>): AsyncIterable<Uint8Array> {
  if (Number(ask.request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  if (!isChunked(ask)) return ask.request;
  return decodeChunked(ask.request, (fields) => {
    for (const [name, value] of fields) trailers.set(name, value);
  });
}

const tooLarge = () =>
  refusal(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.');

/** A new file from bytes as they come; on a failure there is none. */
export async function write(store: Store, body: AsyncIterable<Uint8Array>): Promise<Received> {
  const file = store.newFile();
  const hashes = ['md5', 'sha256', 'sha1'].map((name) => createHash(name));
  const handle = await open(store.path(file), 'wx');
  let size = 0;
  let crc = 0;
  try {
    for await (const part of body) {
      size += part.length;
      if (size > mostBytes) throw tooLarge();
      for (const hash of hashes) hash.update(part);
      crc = crc32(part, crc);
      await handle.appendFile(part);
    }
  } catch (error) {
    await handle.close();
    store.discard(file);
    throw error;
  }
  await handle.close();
  const [md5 = '', sha256 = '', sha1 = ''] = hashes.map((hash, i) => hash.digest(i === 0 ? 'hex' : 'base64'));
  return { file, size, md5, sums: { crc32: base64Crc(crc), sha256, sha1 } };
}

export function base64Crc(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}

function checkLength(ask: Ask, size: number) {
  if (!isChunked(ask)) return;
  const stated = ask.header('x-amz-decoded-content-length');
  if (stated === undefined)
    throw refusal(411, 'MissingContentLength', 'You must provide the x-amz-decoded-content-length header.');
  if (Number(stated) !== size)
    throw refusal(400, 'IncompleteBody', 'The body does not have the length that was stated');
}

/** The sums the caller asked for: kept with the object and given back. */
function checkSums(ask: Ask, trailers: Map<string, string>, { sums }: Received): Record<string, string> {
  const asked: Record<string, string> = {};
  for (const name of checksums) {
    const field = `x-amz-checksum-${name}`;
    const stated = trailers.get(field) ?? ask.header(field);
    if (stated === undefined) continue;
    if (stated !== sums[name]) throw badDigest(name.toUpperCase());
    asked[name] = stated;
  }
  return asked;
}

function checkDigests(ask: Ask, { md5, sums }: Received) {
  const statedMd5 = ask.header('content-md5');
  if (statedMd5 !== undefined && statedMd5 !== Buffer.from(md5, 'hex').toString('base64'))
    throw badDigest('Content-MD5');
  const payload = ask.header('x-amz-content-sha256');
  if (payload === undefined || !/^[0-9a-f]{64}$/.test(payload)) return;
  if (payload !== Buffer.from(sums.sha256 ?? '', 'base64').toString('hex'))
    throw refusal(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match",
    );
}
