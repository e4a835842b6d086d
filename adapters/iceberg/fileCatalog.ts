import { newMetadata } from '../../iceberg/createTable.ts';
import { fault, isFault } from '../../iceberg/fault.ts';
import { type JsonObject, printJson } from '../../iceberg/json64.ts';
import { parseMetadata, readMetadata } from '../../iceberg/metadata.ts';
import type { Catalog, CommitOutcome, LoadedTable, Storage, TableName } from '../../iceberg/ports.ts';
import { applyUpdates, holds } from '../../iceberg/update.ts';

/** What a catalog of files needs; the root is a folder or `s3://bucket/prefix`. */
export interface FileCatalog {
  storage: Storage;
  root: string;
  /** Milliseconds. */
  now: () => number;
  newId: () => string;
}

/**
 * Tables below one root as `{namespace…}/{table}/metadata/v{N}.metadata.json`, the layout of Hadoop tables, without a
 * server: whoever creates the file of the next version has made the commit.
 */
export function icebergFileCatalog(catalog: FileCatalog): Catalog {
  return {
    load: async (name) => (await newest(catalog, folderOf(catalog, name)))?.table,
    create: async (name, request) => {
      const folder = folderOf(catalog, name);
      if (await newest(catalog, folder)) throw fault('tableExists', 'a table of this name is there already');
      const json = newMetadata({ ...request, location: folder }, catalog.newId(), catalog.now());
      const outcome = await write(catalog, folder, 1, json);
      if (outcome === 'conflict') throw fault('tableExists', 'a table of this name is there already');
      if (outcome === 'unknown') throw new Error('the storage did not say whether the table was created');
      return loaded(json, fileOf(folder, 1));
    },
    commit: async (name, requirements, updates) => {
      const folder = folderOf(catalog, name);
      const found = await newest(catalog, folder);
      if (!found) throw fault('tableNotFound', 'the table is not there');
      const { table, version } = found;
      if (!requirements.every((requirement) => holds(requirement, table.json))) return 'conflict';
      const written = { metadataLocation: table.metadataLocation, now: catalog.now() };
      return write(catalog, folder, version + 1, applyUpdates(table.json, updates, written));
    },
  };
}

const fileOf = (folder: string, version: number) => `${folder}/metadata/v${version}.metadata.json`;
const hintOf = (folder: string) => `${folder}/metadata/version-hint.text`;

/** Names become folders, so they may not lead out of the root. */
function folderOf({ root }: FileCatalog, { namespace, name }: TableName): string {
  const parts = [...namespace, name];
  const wrong = (part: string) => !/^[^/\\\p{Cc}%?#]{1,255}$/u.test(part) || /^\.{1,2}$/.test(part);
  if (namespace.length === 0 || parts.some(wrong))
    throw fault('refused', 'a table of a file catalog has a namespace and a name that folders can have');
  return [root.replace(/\/+$/, ''), ...parts].join('/');
}

/** Versions have no gaps, so from the hint (a version that once was the newest) the way up is short. */
async function newest(catalog: FileCatalog, folder: string) {
  const there = (version: number) => exists(catalog.storage, fileOf(folder, version));
  const hint = await hinted(catalog.storage, folder);
  let version = hint > 0 && (await there(hint)) ? hint : 0;
  let stride = 1;
  while (await there(version + stride)) {
    version += stride;
    stride *= 2;
  }
  for (; stride > 1; ) {
    stride /= 2;
    if (await there(version + stride)) version += stride;
  }
  return version === 0 ? undefined : { version, table: await read(catalog.storage, fileOf(folder, version)) };
}

async function hinted(storage: Storage, folder: string): Promise<number> {
  const text = await storage
    .get(hintOf(folder))
    .then((bytes) => Buffer.from(bytes).toString('latin1', 0, 20), isAbsent);
  return /^\s*[1-9]\d{0,8}\s*$/.test(text || '') ? Number(text) : 0;
}

const exists = (storage: Storage, path: string) => storage.size(path).then(() => true, isAbsent);

function isAbsent(error: unknown): false {
  if (isFault(error) && error.code === 'fileNotFound') return false;
  throw error;
}

const read = async (storage: Storage, path: string): Promise<LoadedTable> =>
  loaded(parseMetadata(await storage.get(path)), path);

const loaded = (json: JsonObject, metadataLocation: string): LoadedTable => ({
  metadata: readMetadata(json),
  json,
  metadataLocation,
});

/** A fault says that nothing was written; after any other error nobody knows. */
async function write(
  catalog: FileCatalog,
  folder: string,
  version: number,
  json: JsonObject,
): Promise<CommitOutcome> {
  const bytes = Buffer.from(printJson(json));
  const put = await catalog.storage.put(fileOf(folder, version), bytes, { ifAbsent: true }).catch((error) => {
    if (isFault(error)) throw error;
  });
  if (!put) return 'unknown';
  if (put === 'exists') return 'conflict';
  // Readers find the way up from an older hint, and from none.
  await catalog.storage.put(hintOf(folder), Buffer.from(String(version))).catch(() => {});
  return 'committed';
}
