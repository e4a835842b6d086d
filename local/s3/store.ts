import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What is known of an object besides its bytes. */
export interface Stored {
  /** The name of the file with the bytes: never made from the key, never written twice. */
  file: string;
  size: number;
  etag: string;
  modified: number;
  headers: Record<string, string>;
  sums: Record<string, string>;
}

export type Store = ReturnType<typeof openStore>;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, made INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS objects (bucket TEXT, key BLOB, file TEXT NOT NULL, about TEXT NOT NULL,
    PRIMARY KEY (bucket, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, bucket TEXT, key BLOB, about TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS parts (upload TEXT, number INTEGER, file TEXT NOT NULL, about TEXT NOT NULL,
    PRIMARY KEY (upload, number)) WITHOUT ROWID;
`;

/** Keys are blobs in the database: it then orders them by their bytes, as S3 does. */
export const bytesOf = (key: string) => Buffer.from(key, 'utf8');
const toKey = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString('utf8');

/** Greater than every key that begins with these bytes: no UTF-8 holds the byte 255. */
export const after = (prefix: Buffer) => Buffer.concat([prefix, Buffer.from([255])]);

export function openStore(folder: string) {
  const files = join(folder, 'files');
  mkdirSync(files, { recursive: true });
  const database = new DatabaseSync(join(folder, 'objects.sqlite'), { timeout: 5000 });
  database.exec(schema);
  dropLeftOvers(database, files);
  const statement = {
    bucket: database.prepare('SELECT made FROM buckets WHERE name = ?'),
    find: database.prepare('SELECT about FROM objects WHERE bucket = ? AND key = ?'),
    save: database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)'),
    remove: database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?'),
    range: database.prepare(
      'SELECT key, about FROM objects WHERE bucket = ? AND key > ? AND key < ? ORDER BY key LIMIT ?',
    ),
    first: database.prepare(
      'SELECT key, about FROM objects WHERE bucket = ? AND key >= ? ORDER BY key LIMIT 1',
    ),
  };
  const read = (row: Record<string, unknown> | undefined): Stored | undefined =>
    row && JSON.parse(String(row.about));
  const discard = (file: string) => rmSync(join(files, file), { force: true });

  const store = {
    database,
    path: (file: string) => join(files, file),
    newFile: () => randomUUID(),
    discard,
    close: () => database.close(),

    hasBucket: (name: string) => statement.bucket.get(name) !== undefined,
    find: (bucket: string, key: string) => read(statement.find.get(bucket, bytesOf(key))),

    /** Put an object in its place; `allow` sees what is there now and may throw. Nothing comes between. */
    save(bucket: string, key: string, object: Stored, allow: (now: Stored | undefined) => void = () => {}) {
      const old = transaction(database, () => {
        const there = store.find(bucket, key);
        allow(there);
        statement.save.run(bucket, bytesOf(key), object.file, JSON.stringify(object));
        return there;
      });
      if (old) discard(old.file);
    },

    remove(bucket: string, key: string, allow: (now: Stored | undefined) => void = () => {}) {
      const old = transaction(database, () => {
        const there = store.find(bucket, key);
        allow(there);
        statement.remove.run(bucket, bytesOf(key));
        return there;
      });
      if (old) discard(old.file);
    },

    /** Objects with a prefix, behind a place, in the order of their bytes. */
    range(bucket: string, prefix: Buffer, behind: Buffer | undefined, limit: number) {
      const end = after(prefix);
      const rows =
        behind && Buffer.compare(behind, prefix) >= 0
          ? statement.range.all(bucket, behind, end, limit)
          : withFirst(bucket, prefix, end, limit);
      return rows.map((row) => ({ key: toKey(row.key), object: read(row) as Stored }));
    },
  };

  /** From the prefix itself on, which may be a key too. */
  function withFirst(bucket: string, prefix: Buffer, end: Buffer, limit: number) {
    const first = statement.first.get(bucket, prefix);
    if (!first || Buffer.compare(Buffer.from(first.key as Uint8Array), end) >= 0 || limit === 0) return [];
    return [first, ...statement.range.all(bucket, first.key as Uint8Array, end, limit - 1)];
  }
  return store;
}

export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** Files that no row names are what an interrupted write left. */
function dropLeftOvers(database: DatabaseSync, files: string) {
  const rows = database.prepare('SELECT file FROM objects UNION ALL SELECT file FROM parts').all();
  const named = new Set(rows.map(({ file }) => file));
  for (const file of readdirSync(files)) if (!named.has(file)) rmSync(join(files, file), { force: true });
}
