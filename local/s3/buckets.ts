import { type Ask, type Reply, readText, xml } from './ask.ts';
import type { Around } from './objects.ts';
import { checkDocument } from './receive.ts';
import { noSuchBucket, refusal } from './refusal.ts';
import { transaction } from './store.ts';
import { contents, malformed, textOf, xmlDocument } from './xml.ts';

export async function createBucket(ask: Ask, { store, now }: Around): Promise<Reply> {
  checkDocument(ask, await readText(ask.request));
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(ask.bucket))
    throw refusal(400, 'InvalidBucketName', 'The specified bucket is not valid.');
  const { changes } = store.database
    .prepare('INSERT OR IGNORE INTO buckets VALUES (?, ?)')
    .run(ask.bucket, now().getTime());
  if (changes === 0)
    throw refusal(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
    );
  return { status: 200, headers: { location: `/${ask.bucket}` } };
}

export const headBucket = (): Reply => ({ status: 200 });

export function deleteBucket(ask: Ask, { store }: Around): Reply {
  transaction(store.database, () => {
    for (const table of ['objects', 'uploads'])
      if (store.database.prepare(`SELECT 1 FROM ${table} WHERE bucket = ? LIMIT 1`).get(ask.bucket))
        throw refusal(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty');
    const { changes } = store.database.prepare('DELETE FROM buckets WHERE name = ?').run(ask.bucket);
    if (changes === 0) throw noSuchBucket();
  });
  return { status: 204 };
}

export function listBuckets(_: Ask, { store }: Around): Reply {
  const rows = store.database.prepare('SELECT name, made FROM buckets ORDER BY name').all();
  const Bucket = rows.map(({ name, made }) => ({
    Name: String(name),
    CreationDate: new Date(Number(made)).toISOString(),
  }));
  return xml(xmlDocument('ListAllMyBucketsResult', { Buckets: { Bucket } }));
}

export async function deleteObjects(ask: Ask, { store }: Around): Promise<Reply> {
  const text = await readText(ask.request);
  checkDocument(ask, text);
  const objects = contents(text, 'Object');
  if (objects.length === 0 || objects.length > 1000) throw malformed();
  const keys = objects.map((object) => {
    const key = textOf(object, 'Key');
    if (!key) throw malformed();
    for (const other of ['VersionId', 'ETag', 'LastModifiedTime', 'Size'])
      if (textOf(object, other) !== undefined)
        throw refusal(501, 'NotImplemented', `S3 DeleteObjects with ${other} is not known here`);
    return key;
  });
  for (const key of keys) store.remove(ask.bucket, key);
  const quiet = textOf(text, 'Quiet') === 'true';
  return xml(xmlDocument('DeleteResult', { Deleted: quiet ? [] : keys.map((Key) => ({ Key })) }));
}
