import type { DataFile } from './model.ts';

/** The files that a snapshot brings and takes away. */
export interface Moved {
  added: readonly DataFile[];
  removed: readonly DataFile[];
}

const sum = (files: readonly DataFile[], of: (file: DataFile) => number) =>
  files.reduce((total, file) => total + of(file), 0);
const data = (files: readonly DataFile[]) => files.filter(({ content }) => content === 'data');
const deletes = (files: readonly DataFile[]) => files.filter(({ content }) => content !== 'data');
const rows = ({ recordCount }: DataFile) => recordCount;
const bytes = ({ sizeBytes }: DataFile) => sizeBytes;

/** The optional fields of a snapshot's summary, by the names of the specification (appendix F); zeros are left out. */
export function summaryCounts(
  { added, removed }: Moved,
  parent?: Record<string, string>,
): Record<string, string> {
  const addedData = data(added);
  const removedData = data(removed);
  const addedDeletes = deletes(added);
  const changes: Record<string, number> = {
    'added-data-files': addedData.length,
    'added-records': sum(addedData, rows),
    'added-files-size': sum(added, bytes),
    'added-delete-files': addedDeletes.length,
    'added-position-delete-files': addedDeletes.length,
    'added-position-deletes': sum(addedDeletes, rows),
    'deleted-data-files': removedData.length,
    'deleted-records': sum(removedData, rows),
    'removed-files-size': sum(removed, bytes),
    'changed-partition-count': partitions([...added, ...removed]),
  };
  const totals: [string, number][] = [
    ['total-data-files', addedData.length - removedData.length],
    ['total-records', sum(addedData, rows) - sum(removedData, rows)],
    ['total-files-size', sum(added, bytes) - sum(removed, bytes)],
    ['total-delete-files', addedDeletes.length],
    ['total-position-deletes', sum(addedDeletes, rows)],
    ['total-equality-deletes', 0],
  ];
  const changed = Object.entries(changes).filter(([, count]) => count > 0);
  return Object.fromEntries([
    ...changed.map(([name, count]) => [name, String(count)]),
    ...totals.flatMap(([name, change]) => total(name, change, parent)),
  ]);
}

/** A total that the parent does not tell, or tells wrongly, is not made up. */
function total(name: string, change: number, parent: Record<string, string> | undefined): string[][] {
  const before = parent ? Number(parent[name] ?? Number.NaN) : 0;
  return before + change >= 0 ? [[name, String(before + change)]] : [];
}

const partitions = (files: readonly DataFile[]): number =>
  new Set(files.map(({ specId, partition }) => `${specId} ${partition.map(String).join('\u0000')}`)).size;
