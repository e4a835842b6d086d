import type { ScanFile } from './deletes.ts';
import type { DataFile, PrimitiveType } from './model.ts';
import { valueFromBytes, valueToBytes } from './values.ts';

/** What one function reads at a time: plain JSON. */
export interface Part {
  files: PartFile[];
  /** Files of deletes, each once: the files above name them by their place here. */
  deletes: PartDelete[];
}

interface PartFile {
  path: string;
  sizeBytes: number;
  recordCount: number;
  specId: number;
  /** Single-value bytes in hexadecimal, one a field of the spec. */
  partition: (string | null)[];
  deletes: number[];
  /** Of a big file, the row groups whose first row is one of these, the end not included. */
  rows?: { from: number; to: number };
}

interface PartDelete {
  path: string;
  sizeBytes: number;
  /** Only of equality deletes. */
  equalityIds?: number[];
}

export interface PartLimits {
  /** Bytes of the needed columns. */
  bytes: number;
  rows: number;
}

export const partLimits: PartLimits = { bytes: 256 * 1024 * 1024, rows: 4_000_000 };

type TypesOf = (specId: number) => readonly (PrimitiveType | undefined)[];

/** Compressed bytes of some columns of a file; of all of it where the writer did not say. */
export function neededBytes({ columnSizes, sizeBytes }: DataFile, fieldIds: readonly number[]): number {
  if (!columnSizes) return sizeBytes;
  return fieldIds.reduce((sum, id) => sum + (columnSizes.get(id) ?? 0), 0);
}

interface Piece {
  scan: ScanFile;
  bytes: number;
  count: number;
  rows?: { from: number; to: number };
}

/** Cuts a file that is larger than a part into even ranges of rows. */
function pieces(scan: ScanFile, fieldIds: readonly number[], limits: PartLimits): Piece[] {
  const { recordCount } = scan.file;
  const bytes = neededBytes(scan.file, fieldIds);
  const number = Math.max(1, Math.ceil(bytes / limits.bytes), Math.ceil(recordCount / limits.rows));
  if (number === 1) return [{ scan, bytes, count: recordCount }];
  const bound = (i: number) => Math.floor((recordCount * i) / number);
  return Array.from({ length: number }, (_, i) => ({
    scan,
    bytes: bytes / number,
    count: bound(i + 1) - bound(i),
    rows: { from: bound(i), to: bound(i + 1) },
  }));
}

/** Divides the files of a scan, in their order, into parts that stay within the limits. */
export function partsOf(
  scans: readonly ScanFile[],
  fieldIds: readonly number[],
  typesOf: TypesOf,
  limits: PartLimits = partLimits,
): Part[] {
  const groups: Piece[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  let rows = 0;
  for (const piece of scans.flatMap((scan) => pieces(scan, fieldIds, limits))) {
    if (bytes + piece.bytes > limits.bytes || rows + piece.count > limits.rows) {
      groups.push([]);
      bytes = 0;
      rows = 0;
    }
    groups.at(-1)?.push(piece);
    bytes += piece.bytes;
    rows += piece.count;
  }
  return groups.map((group) => partOf(group, typesOf));
}

function partOf(group: readonly Piece[], typesOf: TypesOf): Part {
  const places = new Map<string, number>();
  const deletes: PartDelete[] = [];
  const placeOf = ({ path, sizeBytes, equalityIds }: PartDelete): number => {
    const known = places.get(path);
    if (known !== undefined) return known;
    places.set(path, deletes.length);
    return deletes.push({ path, sizeBytes, equalityIds }) - 1;
  };
  const files = group.map(({ scan, rows }): PartFile => {
    const { path, sizeBytes, recordCount, specId, partition } = scan.file;
    const types = typesOf(specId);
    const positions = scan.positionDeletes.map((file) =>
      placeOf({ path: file.path, sizeBytes: file.sizeBytes }),
    );
    return {
      path,
      sizeBytes,
      recordCount,
      specId,
      partition: partition.map((value, i) =>
        value === null ? null : hex(valueToBytes(types[i] ?? binary, value)),
      ),
      deletes: [...positions, ...scan.equalityDeletes.map(placeOf)],
      rows,
    };
  });
  return { files, deletes };
}

const binary: PrimitiveType = { type: 'binary' };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The files of a part as a scan has them, without what only planning needs. */
export function scansOf(
  part: Part,
  typesOf: TypesOf,
): (ScanFile & { rows?: { from: number; to: number } })[] {
  return part.files.map((file) => {
    const types = typesOf(file.specId);
    const own = file.deletes.flatMap((at) => part.deletes[at] ?? []);
    const { path, sizeBytes, recordCount, specId, rows } = file;
    const partition = file.partition.map((text, i) =>
      text === null ? null : valueFromBytes(types[i] ?? binary, Buffer.from(text, 'hex')),
    );
    return {
      file: { content: 'data', path, format: 'parquet', specId, partition, recordCount, sizeBytes },
      sequenceNumber: 0,
      positionDeletes: own.filter(({ equalityIds }) => !equalityIds).map(deleteFile('positionDeletes')),
      equalityDeletes: own.filter(({ equalityIds }) => equalityIds).map(deleteFile('equalityDeletes')),
      rows,
    };
  });
}

const deleteFile =
  (content: DataFile['content']) =>
  ({ path, sizeBytes, equalityIds }: PartDelete): DataFile => ({
    content,
    path,
    format: 'parquet',
    specId: 0,
    partition: [],
    recordCount: 0,
    sizeBytes,
    equalityIds,
  });

/** The rows of the row groups that begin within a range: every group belongs to exactly one range. Undefined for none. */
export function rowsOfGroups(
  groupRows: readonly number[],
  range: { from: number; to: number },
): { from: number; to: number } | undefined {
  let first = 0;
  let from: number | undefined;
  let to = 0;
  for (const rows of groupRows) {
    if (first >= range.from && first < range.to) {
      from ??= first;
      to = first + rows;
    }
    first += rows;
  }
  return from === undefined ? undefined : { from, to };
}
