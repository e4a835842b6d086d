import { type FileHandle, open } from 'node:fs/promises';
import { each } from '../../iceberg/each.ts';
import { malformed, unsupported } from '../../iceberg/fault.ts';
import { rowsOfGroups } from '../../iceberg/parts.ts';
import type { ByteRange, Engine, SqlValue, Storage } from '../../iceberg/ports.ts';
import { type FileColumn, fileColumns, fileColumnsSql } from '../../iceberg/project.ts';
import { quoted } from '../../iceberg/sqlText.ts';
import { joined } from './ranges.ts';

interface Rows {
  from: number;
  to: number;
}

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

/**
 * Copies a Parquet file into the work folder, byte for byte in its place, but only the chunks that are needed: the holes
 * take no space on the disk, and reading one fails.
 */
export async function fetchParquet(storage: Storage, engine: Engine, wanted: Wanted): Promise<Fetched> {
  const { path, sizeBytes, to } = wanted;
  const file = await open(to, 'w');
  try {
    await file.truncate(sizeBytes);
    const copy = (range: ByteRange) => copyRange(storage, path, file, range);
    if (sizeBytes <= wholeBelow && !wanted.rows) {
      checkEnd(await copy({ start: 0, end: sizeBytes }));
      return { bytes: sizeBytes };
    }
    const footer = await fetchFooter(copy, sizeBytes);
    const { ranges, rows } = await needed(engine, wanted, sizeBytes);
    const parts = joined(ranges, footer.start);
    await each(parts, copy);
    return {
      bytes: parts.reduce((sum, { start, end }) => sum + end - start, sizeBytes - footer.start),
      rows,
    };
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

async function needed(
  engine: Engine,
  { to, columns, rows }: Wanted,
  size: number,
): Promise<{ ranges: ByteRange[]; rows?: Rows }> {
  const schema = await engine.query(fileColumnsSql(to));
  const chunks = (await engine.query(chunksSql(to))).map((row) => chunkOf(row, size));
  const groups = rows && groupsWithin(chunks, rows);
  const leaves = columns && leavesOf(schema, columns(fileColumns(schema)));
  const chosen = chunks.filter(
    ({ group, column }) => (groups?.chosen.has(group) ?? true) && (leaves?.has(column) ?? true),
  );
  return { ranges: chosen.flatMap(({ ranges }) => ranges), rows: groups?.rows };
}

/** Bloom filters are read as well where there are any: in a hole they would say that no row matches. */
const chunksSql = (path: string) =>
  `SELECT row_group_id, row_group_num_rows, column_id, total_compressed_size,
    least(coalesce(dictionary_page_offset, data_page_offset), data_page_offset) AS start,
    bloom_filter_offset, coalesce(bloom_filter_length, ${bloomGuess}) AS bloom_length
  FROM parquet_metadata(${quoted(path)}) ORDER BY row_group_id, column_id`;

/** Older writers do not tell the length; more than this of it the engine has no use for. */
const bloomGuess = 1024 * 1024;

interface Chunk {
  group: number;
  groupRows: number;
  column: number;
  ranges: ByteRange[];
}

function chunkOf(row: Record<string, SqlValue>, size: number): Chunk {
  const range = (at: SqlValue | undefined, length: SqlValue | undefined): ByteRange => {
    const start = Number(at);
    const end = Math.min(start + Number(length), size);
    if (!(start >= 0 && end >= start)) throw malformed('the footer of a data file contradicts itself');
    return { start, end };
  };
  const { bloom_filter_offset: bloom } = row;
  return {
    group: Number(row.row_group_id),
    groupRows: Number(row.row_group_num_rows),
    column: Number(row.column_id),
    ranges: [
      range(row.start, row.total_compressed_size),
      ...(bloom === null ? [] : [range(bloom, row.bloom_length)]),
    ],
  };
}

function groupsWithin(chunks: readonly Chunk[], range: Rows): { chosen: Set<number>; rows: Rows } {
  const counts = new Map(chunks.map(({ group, groupRows }) => [group, groupRows]));
  const rows = rowsOfGroups([...counts.values()], range) ?? { from: 0, to: 0 };
  const chosen = new Set<number>();
  let first = 0;
  for (const [group, count] of counts) {
    if (first >= rows.from && first < rows.to) chosen.add(group);
    first += count;
  }
  return { chosen, rows };
}

/** The numbers that the chunks of some top-level columns go by: those of the leaves below each, in the order of the file. */
function leavesOf(schema: readonly Record<string, SqlValue>[], places: Iterable<number>): Set<number> {
  const wanted = new Set(places);
  const leaves = new Set<number>();
  let [place, under, leaf] = [-1, 0, 0];
  for (const { num_children } of schema.slice(1)) {
    const children = Number(num_children ?? 0);
    if (under === 0) place++;
    under = Math.max(0, under - 1) + children;
    if (children === 0 && wanted.has(place)) leaves.add(leaf);
    if (children === 0) leaf++;
  }
  return leaves;
}
