import { randomUUID } from 'node:crypto';
import type { Ask } from './ask.ts';
import { noSuchUpload } from './refusal.ts';
import { bytesOf, type Store, transaction } from './store.ts';

export interface Upload {
  id: string;
  headers: Record<string, string>;
  /** The checksum every part must carry, when the upload was begun with one. */
  algorithm: string | undefined;
}

export interface Part {
  number: number;
  file: string;
  size: number;
  etag: string;
  modified: number;
  sums: Record<string, string>;
}

export function begin(store: Store, ask: Ask, about: Omit<Upload, 'id'>): string {
  const id = randomUUID().replaceAll('-', '');
  store.database
    .prepare('INSERT INTO uploads VALUES (?, ?, ?, ?)')
    .run(id, ask.bucket, bytesOf(ask.key), JSON.stringify(about));
  return id;
}

/** The upload that a request names; another key's upload is none. */
export function uploadOf(store: Store, ask: Ask): Upload {
  const id = ask.asked('uploadid') ?? '';
  const row = store.database
    .prepare('SELECT about FROM uploads WHERE id = ? AND bucket = ? AND key = ?')
    .get(id, ask.bucket, bytesOf(ask.key));
  if (!row) throw noSuchUpload();
  return { id, ...JSON.parse(String(row.about)) };
}

export function savePart(store: Store, ask: Ask, part: Part): void {
  const replaced = transaction(store.database, () => {
    const { id } = uploadOf(store, ask);
    const old = partsOf(store, id, part.number - 1, 1).find(({ number }) => number === part.number);
    store.database
      .prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)')
      .run(id, part.number, part.file, JSON.stringify(part));
    return old;
  });
  if (replaced) store.discard(replaced.file);
}

export function partsOf(store: Store, id: string, behind = 0, limit = 10_000): Part[] {
  return store.database
    .prepare('SELECT about FROM parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?')
    .all(id, behind, limit)
    .map((row) => JSON.parse(String(row.about)));
}

/** Forget an upload and its parts; false when somebody did before. */
export function end(store: Store, id: string): boolean {
  const parts = partsOf(store, id);
  const { changes } = store.database.prepare('DELETE FROM uploads WHERE id = ?').run(id);
  store.database.prepare('DELETE FROM parts WHERE upload = ?').run(id);
  for (const { file } of parts) store.discard(file);
  return Number(changes) === 1;
}
