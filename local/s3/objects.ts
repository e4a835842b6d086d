import { createReadStream, openSync } from 'node:fs';
import { type Ask, decode, type Reply, xml } from './ask.ts';
import { isUnchanged, rangeOf, writeConditions } from './conditions.ts';
import { describe, describedBy, refuseUnknownHeaders, sumHeaders } from './headers.ts';
import { receive, write } from './receive.ts';
import { noSuchBucket, noSuchKey, refusal, unknownHere } from './refusal.ts';
import type { Store, Stored } from './store.ts';
import { xmlDocument } from './xml.ts';

/** What operations share. */
export interface Around {
  store: Store;
  now(): Date;
  onCreated(bucket: string, key: string): void;
}

export async function putObject(ask: Ask, { store, now, onCreated }: Around): Promise<Reply> {
  refuseUnknownHeaders(ask);
  const allow = writeConditions(ask);
  const { file, size, md5, asked } = await receive(ask, store);
  const object = { file, size, etag: md5, modified: now().getTime(), headers: describedBy(ask), sums: asked };
  keep(store, ask, object, allow);
  onCreated(ask.bucket, ask.key);
  return { status: 200, headers: { etag: `"${md5}"`, ...sumHeaders(asked) } };
}

/** The one moment in which an object appears; a refused one leaves no file. */
export function keep(store: Store, ask: Ask, object: Stored, allow: (now: Stored | undefined) => void): void {
  try {
    if (!store.hasBucket(ask.bucket)) throw noSuchBucket();
    store.save(ask.bucket, ask.key, object, allow);
  } catch (error) {
    store.discard(object.file);
    throw error;
  }
}

export function getObject(ask: Ask, { store }: Around): Reply {
  const object = store.find(ask.bucket, ask.key);
  if (!object) throw noSuchKey();
  if (isUnchanged(ask, object)) return { status: 304, headers: { etag: `"${object.etag}"` } };
  const range = rangeOf(ask.request.headers.range, object.size);
  const headers = describe(ask, object, !range);
  headers['content-length'] = range ? range.end - range.start + 1 : object.size;
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`;
  const status = range ? 206 : 200;
  if (ask.method === 'HEAD' || object.size === 0) return { status, headers };
  // Opened at once: an overwrite a moment later unlinks the file, and this reader still has all of it.
  const fd = openSync(store.path(object.file), 'r');
  return { status, headers, body: createReadStream('', { fd, ...range }) };
}

export function deleteObject(ask: Ask, { store }: Around): Reply {
  store.remove(ask.bucket, ask.key, writeConditions(ask));
  return { status: 204 };
}

export async function copyObject(ask: Ask, { store, now, onCreated }: Around): Promise<Reply> {
  refuseUnknownHeaders(ask);
  const allow = writeConditions(ask);
  const { bucket, key } = copySource(ask.header('x-amz-copy-source') ?? '');
  if (!store.hasBucket(bucket)) throw noSuchBucket();
  const from = store.find(bucket, key);
  if (!from) throw noSuchKey();
  const replace = ask.header('x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  if (!replace && bucket === ask.bucket && key === ask.key)
    throw refusal(400, 'InvalidRequest', 'This copy request is illegal because it changes nothing.');
  const fd = openSync(store.path(from.file), 'r');
  const { file, size, md5, sums } = await write(store, createReadStream('', { fd }));
  const wanted = ask.header('x-amz-checksum-algorithm')?.toLowerCase();
  const algorithms = wanted ? [wanted] : Object.keys(from.sums);
  const copied = Object.fromEntries(algorithms.map((name) => [name, sums[name] ?? '']));
  const modified = now().getTime();
  const headers = replace ? describedBy(ask) : from.headers;
  keep(store, ask, { file, size, etag: md5, modified, headers, sums: copied }, allow);
  onCreated(ask.bucket, ask.key);
  const answer = { LastModified: new Date(modified).toISOString(), ETag: `"${md5}"` };
  const checksums = Object.entries(copied).map(([name, value]) => [`Checksum${name.toUpperCase()}`, value]);
  return xml(xmlDocument('CopyObjectResult', { ...answer, ...Object.fromEntries(checksums) }));
}

function copySource(header: string): { bucket: string; key: string } {
  const [path = '', query] = header.split('?');
  if (query !== undefined) throw unknownHere('CopyObject of a version');
  const decoded = decode(path).replace(/^\//, '');
  const slash = decoded.indexOf('/');
  if (slash < 1) throw refusal(400, 'InvalidArgument', 'The copy source names no object');
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) };
}
