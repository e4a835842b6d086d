import { isFault } from '../../iceberg/fault.ts';
import { type Json, type JsonInput, parseJson, printJson } from '../../iceberg/json64.ts';
import type { Storage } from '../../iceberg/ports.ts';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';
import { s3Storage } from '../iceberg/s3.ts';

/** The files of one run: what was frozen for it, and what each step of it leaves for the next. */
export interface RunFiles {
  bucket: string;
  /** The key of one of its files. */
  at: (name: string) => string;
  /** The whole address of one of its files. */
  address: (name: string) => string;
  /** Undefined where there is none. */
  read: (name: string) => Promise<Json | undefined>;
  /** The first who writes a file has written it: `false` for everyone after. */
  create: (name: string, content: JsonInput) => Promise<boolean>;
}

/** Run files under `{root}/runs/{run id}/`; the root is `s3://bucket`, or a folder that the storage knows. */
export function runFilesIn(storage: Storage, root: string, runId: string): RunFiles {
  const at = (name: string) => `runs/${runId}/${name}`;
  const path = (name: string) => `${root}/${at(name)}`;
  return {
    bucket: root.replace(/^s3:\/\//, ''),
    at,
    address: path,
    async read(name) {
      const bytes = await storage.get(path(name)).catch((error: unknown) => {
        if (isFault(error) && error.code === 'fileNotFound') return undefined;
        throw error;
      });
      return bytes && parseJson(Buffer.from(bytes).toString());
    },
    create: async (name, content) =>
      (await storage.put(path(name), Buffer.from(printJson(content)), { ifAbsent: true })) === 'written',
  };
}

/** The names of the files below `written/`, in which a run says what it was about to write. */
export async function writtenNames(runId: string): Promise<string[]> {
  const folder = `runs/${runId}/`;
  const names: string[] = [];
  for (let behind = ''; ; behind = names.at(-1) ?? '') {
    const keys = await objects.list(env('DATA_BUCKET'), `${folder}written/`, behind && folder + behind);
    if (keys.length === 0) return names;
    names.push(...keys.map((key) => key.slice(folder.length)));
  }
}

export const runFiles = (runId: string): RunFiles =>
  runFilesIn(s3Storage, `s3://${env('DATA_BUCKET')}`, runId);
