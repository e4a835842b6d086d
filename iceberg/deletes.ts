import type { DataFile, PartitionSpec, Value } from './model.ts';
import { isUnpartitioned } from './partition.ts';

/** A file that a snapshot holds, with the sequence number that says which deletes are about it. */
export interface LiveFile {
  file: DataFile;
  sequenceNumber: number;
}

/** A data file with the files of deletes that may be about its rows. */
export interface ScanFile extends LiveFile {
  positionDeletes: DataFile[];
  equalityDeletes: DataFile[];
}

/** The reserved field id of `file_path` in files of position deletes. */
const pathField = 2147483546;

interface PositionDelete extends LiveFile {
  lower?: Uint8Array;
  upper?: Uint8Array;
}

/** Deletes by what makes them apply, so that a data file meets few of them. */
interface Index {
  byPath: Map<string, LiveFile[]>;
  byPartition: Map<string, PositionDelete[]>;
  equality: Map<string, LiveFile[]>;
  everywhere: LiveFile[];
}

const text = (value: Value | null): string => {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  return `${typeof value} ${Object.is(value, -0) ? '-0' : value}`;
};

const partitionOf = ({ specId, partition }: DataFile): string =>
  JSON.stringify([specId, ...partition.map(text)]);

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** The one data file that a file of position deletes names, or undefined. */
function namedFile({ referencedDataFile, lowerBounds, upperBounds }: DataFile): string | undefined {
  if (referencedDataFile !== undefined) return referencedDataFile;
  const lower = lowerBounds?.get(pathField);
  const upper = upperBounds?.get(pathField);
  const equal = lower !== undefined && upper !== undefined && Buffer.compare(lower, upper) === 0;
  return equal ? Buffer.from(lower).toString('utf8') : undefined;
}

function indexOf(deletes: readonly LiveFile[], specs: readonly PartitionSpec[]): Index {
  const index: Index = { byPath: new Map(), byPartition: new Map(), equality: new Map(), everywhere: [] };
  const global = new Set(specs.filter(isUnpartitioned).map(({ id }) => id));
  for (const one of deletes) {
    const { file } = one;
    const path = namedFile(file);
    if (file.content === 'positionDeletes' && path !== undefined) push(index.byPath, path, one);
    else if (file.content === 'positionDeletes')
      push(index.byPartition, partitionOf(file), {
        ...one,
        lower: file.lowerBounds?.get(pathField),
        upper: file.upperBounds?.get(pathField),
      });
    else if (global.has(file.specId)) index.everywhere.push(one);
    else push(index.equality, partitionOf(file), one);
  }
  return index;
}

const mayName = (path: Uint8Array, { lower, upper }: PositionDelete): boolean =>
  (lower === undefined || Buffer.compare(path, lower) >= 0) &&
  (upper === undefined || Buffer.compare(path, upper) <= 0);

/**
 * Gives each data file its deletes (Iceberg specification, "Scan Planning"): position deletes of its own or a later
 * sequence number, equality deletes of a later one; both of its partition, or wherever they name it or are of no partition.
 */
export function attachDeletes(
  data: readonly LiveFile[],
  deletes: readonly LiveFile[],
  specs: readonly PartitionSpec[],
): ScanFile[] {
  const index = indexOf(deletes, specs);
  return data.map((one) => {
    const partition = partitionOf(one.file);
    const path = Buffer.from(one.file.path);
    const positions = [
      ...(index.byPath.get(one.file.path) ?? []),
      ...(index.byPartition.get(partition) ?? []).filter((candidate) => mayName(path, candidate)),
    ];
    const equalities = [...(index.equality.get(partition) ?? []), ...index.everywhere];
    return {
      ...one,
      positionDeletes: positions
        .filter(({ sequenceNumber }) => one.sequenceNumber <= sequenceNumber)
        .map(({ file }) => file),
      equalityDeletes: equalities
        .filter(({ sequenceNumber }) => one.sequenceNumber < sequenceNumber)
        .map(({ file }) => file),
    };
  });
}
