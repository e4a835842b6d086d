import { existsSync, globSync, readFileSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fault } from '../../../iceberg/fault.ts';
import { parseJson } from '../../../iceberg/json64.ts';
import { parseMetadata, readMetadata } from '../../../iceberg/metadata.ts';
import type { TableMetadata } from '../../../iceberg/model.ts';
import type { Storage } from '../../../iceberg/ports.ts';

/** Tables that other projects wrote; read in place, and absent from this repository. */
const thirdParty = join(import.meta.dirname, '../../../../shared/fixtures/iceberg');
export const haveThirdParty = existsSync(thirdParty);
if (!haveThirdParty) console.error(`skipped: no tables of other projects in ${thirdParty}`);

export const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: thirdParty }).sort();
export const bytesAt = (path: string): Buffer => readFileSync(join(thirdParty, path));
export const jsonAt = <T>(path: string): T => parseJson(readFileSync(join(thirdParty, path), 'utf8')) as T;

/** A table by the path of one of its metadata files, relative to the fixtures. */
export interface FixtureTable {
  table: TableMetadata;
  /** Where a file that the metadata names lies on this machine. */
  local: (path: string) => string;
  storage: Storage;
}

/** Metadata names files by where the table was once; what is below its folder is still there. */
function localPath(metadataPath: string, path: string): string {
  const persistent = /^data\/persistent\/(.*)$/.exec(path)?.[1];
  if (persistent) return join(thirdParty, 'duckdb-iceberg', persistent);
  const at = Math.max(path.lastIndexOf('/data/'), path.lastIndexOf('/metadata/'));
  return join(thirdParty, dirname(dirname(metadataPath)), path.slice(at));
}

export function tableAt(metadataPath: string): FixtureTable {
  const local = (path: string) => localPath(metadataPath, path);
  return { table: readMetadata(parseMetadata(bytesAt(metadataPath))), local, storage: readOnly(local) };
}

function readOnly(local: (path: string) => string): Storage {
  const refuse = () => Promise.reject(new Error('nothing is written here'));
  return {
    async get(path, range) {
      if (!existsSync(local(path))) throw fault('fileNotFound', 'a file of the table is gone');
      if (!range) return readFile(local(path));
      const file = await open(local(path));
      const bytes = Buffer.alloc(range.end - range.start);
      await file.read(bytes, 0, bytes.length, range.start);
      await file.close();
      return bytes;
    },
    size: async (path) => (await stat(local(path))).size,
    put: refuse,
    remove: refuse,
  };
}
