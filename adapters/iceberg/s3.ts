import { setTimeout as pause } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { fault, isFault } from '../../iceberg/fault.ts';
import type { Storage } from '../../iceberg/ports.ts';
import { type Answered, type Call, endpoint, send } from '../aws/signed.ts';

/** Metadata of the largest tables, and no more than a function can hold. */
const mostBytes = 512 * 1024 * 1024;
const timeout = 60_000;
const tries = 4;

/** Files of tables in S3, by `s3://bucket/key`. */
export const s3Storage: Storage = {
  get: async (path, range) => {
    if (range && range.end <= range.start) return new Uint8Array();
    const headers: Record<string, string> = range ? { range: `bytes=${range.start}-${range.end - 1}` } : {};
    return (await ask(path, { method: 'GET', headers, attempts: 3, maxBytes: mostBytes })).body;
  },
  size: async (path) => Number((await ask(path, { method: 'HEAD', attempts: 3 })).headers['content-length']),
  put: async (path, bytes, options) => {
    if (options?.ifAbsent) return create(path, bytes);
    await ask(path, { method: 'PUT', body: bytes, headers: checksum(bytes), attempts: 3 });
    return 'written';
  },
  remove: async (paths) => {
    await Promise.all(paths.map((path) => ask(path, { method: 'DELETE', attempts: 3 }).catch(absent)));
  },
};

async function create(path: string, bytes: Uint8Array): Promise<'written' | 'exists'> {
  for (let tried = 1; ; tried++) {
    const done = await tryCreate(path, bytes).catch((error) => {
      if (isFault(error) || tried === tries) throw error;
    });
    if (done) return done;
    await pause(50 * Math.random() * 2 ** tried);
  }
}

/** What was sent before may have been taken although no answer came: what is there is compared. */
async function tryCreate(path: string, bytes: Uint8Array): Promise<'written' | 'exists'> {
  const headers = { ...checksum(bytes), 'if-none-match': '*' };
  const { status } = await request(path, { method: 'PUT', body: bytes, headers });
  if (status < 300) return 'written';
  if (status === 412) return (await same(path, bytes)) ? 'written' : 'exists';
  if (passing(status)) throw new Error(`S3 answered ${status} to PUT`);
  return refuse(status);
}

const passing = (status: number) => status === 409 || status === 429 || status >= 500;

async function same(path: string, bytes: Uint8Array): Promise<boolean> {
  if ((await s3Storage.size(path)) !== bytes.length) return false;
  return Buffer.compare(await s3Storage.get(path), bytes) === 0;
}

/** What arrives is what was sent: S3 refuses another checksum. */
function checksum(bytes: Uint8Array): Record<string, string> {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return { 'x-amz-checksum-crc32': sum.toString('base64') };
}

type Asked = Pick<Call, 'method' | 'body' | 'headers' | 'attempts' | 'maxBytes'>;

async function ask(path: string, how: Asked): Promise<Answered> {
  const answer = await request(path, how);
  if (answer.status === 404) throw fault('fileNotFound', 'a file of the table is not there');
  if (answer.status >= 500) throw new Error(`S3 answered ${answer.status} to ${how.method}`);
  if (answer.status >= 300) return refuse(answer.status);
  return answer;
}

const request = (path: string, how: Asked) => send({ ...how, service: 's3', url: url(path), timeout });

/** `s3a` and `s3n` are older spellings of the same places. */
function url(path: string): string {
  const [, bucket, key] = /^s3[an]?:\/\/([^/?#]+)\/(.+)$/s.exec(path) ?? [];
  // An address takes steps upwards out of a path, and so into another bucket.
  if (!bucket || !key || /(^|\/)\.\.?(\/|$)/.test(`${bucket}/${key}`))
    throw fault('malformed', 'a path of the table names no object in S3');
  return `${endpoint('s3')}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

function refuse(status: number): never {
  throw fault('refused', `S3 answered ${status} for a file of the table`);
}

function absent(error: unknown): void {
  if (!isFault(error) || error.code !== 'fileNotFound') throw error;
}
