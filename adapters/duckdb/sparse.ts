import { type FileHandle, open } from 'node:fs/promises';
import { each } from '../../iceberg/each.ts';
import { malformed, unsupported } from '../../iceberg/fault.ts';
import type { ByteRange, Engine, Storage } from '../../iceberg/ports.ts';
import type { FileColumn } from '../../iceberg/project.ts';
import { needed, type Rows } from './chunks.ts';
import { joined } from './ranges.ts';

/** What is wanted of one Parquet file of a table. */
export interface Wanted {
  path: string;
  sizeBytes: number;
  /** Where it will lie in the work folder. */
  to: string;
  /** The places of the needed columns; all of them without it. */
  columns?: (columns: readonly FileColumn[]) => Iterable<number>;
  /** Only the row groups that begin within. */
  rows?: Rows;
}

export interface Fetched {
  /** Bytes that were transferred. */
  bytes: number;
  /** The rows that are there, where only some were wanted; none if `from` is `to`. */
  rows?: Rows;
}

/** A smaller file costs less than the second request for one. */
const wholeBelow = 1024 * 1024;
const footerGuess = 64 * 1024;

/** A file of which the footer is there, and small ones whole: enough to know what it holds. */
export interface Begun extends Fetched {
  /** Bytes that are still to be transferred; none is read before. */
  left: number;
  /** Transfer them; asks the engine nothing. */
  rest: () => Promise<void>;
}

/**
 * Copies a Parquet file into the work folder, byte for byte in its place, but only the chunks that are needed: the holes
 * take no space on the disk, and reading one fails.
 */
export async function fetchParquet(storage: Storage, engine: Engine, wanted: Wanted): Promise<Fetched> {
  const { bytes, left, rows, rest } = await beginParquet(storage, engine, wanted);
  await rest();
  return { bytes: bytes + left, rows };
}

/** The same in two steps. */
export async function beginParquet(storage: Storage, engine: Engine, wanted: Wanted): Promise<Begun> {
  const { path, sizeBytes, to } = wanted;
  const copying = <T>(flags: string, work: (file: FileHandle, copy: Copy) => Promise<T>) =>
    within(to, flags, (file) => work(file, (range) => copyRange(storage, path, file, range)));
  const footer = await copying('w', async (file, copy) => {
    await file.truncate(sizeBytes);
    if (sizeBytes > wholeBelow || wanted.rows) return fetchFooter(copy, sizeBytes);
    checkEnd(await copy({ start: 0, end: sizeBytes }));
    return undefined;
  });
  if (!footer) return { bytes: sizeBytes, left: 0, rest: async () => {} };
  const { ranges, rows } = await needed(engine, wanted, sizeBytes);
  const parts = joined(ranges, footer.start);
  return {
    bytes: sizeBytes - footer.start,
    left: parts.reduce((sum, { start, end }) => sum + end - start, 0),
    rows,
    rest: async () => {
      await copying('r+', (_, copy) => each(parts, copy));
    },
  };
}

type Copy = (range: ByteRange) => Promise<Uint8Array>;

async function within<T>(to: string, flags: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(to, flags);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function copyRange(
  storage: Storage,
  path: string,
  file: FileHandle,
  range: ByteRange,
): Promise<Uint8Array> {
  const bytes = await storage.get(path, range);
  if (bytes.length !== range.end - range.start)
    throw malformed('a data file is shorter than its manifest says');
  await file.write(bytes, 0, bytes.length, range.start);
  return bytes;
}

/** Parquet ends with the length of its footer and four letters. */
function checkEnd(bytes: Uint8Array): number {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(-8);
  const magic = end.subarray(-4).toString('latin1');
  if (magic === 'PARE') throw unsupported('encryption');
  if (end.length < 8 || magic !== 'PAR1') throw malformed('a data file is not Parquet');
  return end.readUInt32LE(0) + 8;
}

async function fetchFooter(
  copy: (range: ByteRange) => Promise<Uint8Array>,
  size: number,
): Promise<{ start: number }> {
  const guess = Math.max(0, size - footerGuess);
  const start = size - checkEnd(await copy({ start: guess, end: size }));
  if (start < 0) throw malformed('the footer of a data file is longer than the file');
  if (start < guess) await copy({ start, end: guess });
  return { start: Math.min(start, guess) };
}
