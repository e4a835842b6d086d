import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { fault } from '../../iceberg/fault.ts';
import type { ByteRange, Storage } from '../../iceberg/ports.ts';
import { s3Storage } from './s3.ts';

/** Files of tables: `s3://` in S3, every other path on this machine below the root, where there is one. */
export function icebergStorage(root?: string): Storage {
  const local = root === undefined ? undefined : localStorage(root);
  const of = (path: string) => {
    if (/^s3[an]?:\/\//.test(path)) return s3Storage;
    if (!local)
      throw fault('unsupported', 'a file of the table is neither in S3 nor below a folder of this machine');
    return local;
  };
  return {
    get: async (path, range) => of(path).get(path, range),
    size: async (path) => of(path).size(path),
    put: async (path, bytes, options) => of(path).put(path, bytes, options),
    remove: async (paths) => {
      await Promise.all([...paths].map((path) => of(path).remove([path])));
    },
  };
}

/** Files of this machine, none of them outside of the root whatever a table's metadata says. */
export function localStorage(root: string): Storage {
  const top = resolve(root);
  const place = (path: string) => {
    const full = resolve(path.replace(/^file:(?:\/\/)?(?=\/)/, ''));
    if (full.startsWith(top + sep) && !path.includes('\0')) return full;
    throw fault('refused', 'a file of the table is outside of the folder of its warehouse');
  };
  return {
    get: async (path, range) => read(place(path), range).catch(explain),
    size: async (path) => stat(place(path)).then((found) => found.size, explain),
    put: async (path, bytes, options) => write(place(path), bytes, options?.ifAbsent ?? false).catch(explain),
    remove: async (paths) => {
      await Promise.all(paths.map((path) => rm(place(path), { force: true }).catch(explain)));
    },
  };
}

async function read(file: string, range?: ByteRange): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    if (!range) return await handle.readFile();
    const bytes = Buffer.alloc(Math.max(0, range.end - range.start));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, range.start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A link is made whole or not at all, and only where its name is free: it is the compare-and-swap of a file system. */
async function write(file: string, bytes: Uint8Array, ifAbsent: boolean): Promise<'written' | 'exists'> {
  await mkdir(dirname(file), { recursive: true });
  const half = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(half, bytes, { flush: true });
    if (!ifAbsent) await rename(half, file);
    else if (!(await linked(half, file))) return 'exists';
    return 'written';
  } finally {
    await rm(half, { force: true });
  }
}

const linked = (from: string, to: string) =>
  link(from, to).then(
    () => true,
    (error) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/** A path names its owner's folders; the kind of the fault is enough. */
function explain(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT') throw fault('fileNotFound', 'a file of the table is not there');
  if (error.code) throw fault('refused', `the file system answered ${error.code}`);
  throw error;
}
