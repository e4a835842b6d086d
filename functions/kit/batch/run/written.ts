import { readFile } from 'node:fs/promises';
import { fault } from '../../../../iceberg/fault.ts';
import type { DataFile, PrimitiveType, Value } from '../../../../iceberg/model.ts';
import type { Storage } from '../../../../iceberg/ports.ts';
import { lowerBound } from '../../../../iceberg/statBounds.ts';
import { dataFileOfStats, type WrittenFile } from '../../../../iceberg/stats.ts';
import { transformed } from '../../../../iceberg/transform.ts';
import { valueFromBytes } from '../../../../iceberg/values.ts';
import { carriedPartitions } from './statement.ts';
import type { TargetPlan } from './target.ts';
import type { CommitWorld } from './world.ts';

/** A value from the text that `textSql` made of it. */
export function valueOfText(type: PrimitiveType, text: string): Value | null {
  if (text === 'n') return null;
  const own = text.slice(1);
  if (type.type === 'string') return own;
  if ((type.type === 'float' || type.type === 'double') && own === 'nan') return Number.NaN;
  const bytes = lowerBound(type, own);
  if (!bytes)
    throw fault('unsupported', 'an entity column of this type cannot be the partition of the target');
  return valueFromBytes(type, bytes);
}

/** The partition of a file, in the order of the spec: what the slot makes of it, and what the rows have in common. */
function partitionOf(file: WrittenFile, to: TargetPlan): (Value | null)[] {
  const carried = carriedPartitions(to);
  return to.spec.fields.map(({ sourceId, transform }, place) => {
    const own = carried.find((one) => one.place === place);
    if (own) return valueOfText(own.field.type, file.partition.get(own.name) ?? 'n');
    const column = to.columns.find(({ field }) => field.id === sourceId);
    if (transform === 'void' || column?.fill.from !== 'constant') return null;
    const value = transformed(transform, column.field.type, column.fill.value);
    if (value === undefined)
      throw fault('unsupported', 'times before 1970 cannot be partitions of the target');
    return value;
  });
}

/** Write down which files are about to be written, so that they are known though nobody comes to speak of them. */
export async function announce(
  { files, newId }: Pick<CommitWorld, 'files' | 'newId'>,
  paths: readonly string[],
): Promise<void> {
  await files.create(`written/${newId()}.json`, { paths });
}

/** Puts a file that the engine wrote into the table's folder; nothing knows of it before a commit. */
export async function uploaded(
  storage: Storage,
  file: WrittenFile,
  path: string,
  to: TargetPlan,
): Promise<DataFile> {
  const bytes = await readFile(file.path);
  const put = await storage.put(path, bytes, { ifAbsent: true });
  if (put === 'exists') throw new Error('a file of this name is there already');
  return dataFileOfStats(
    { ...file, sizeBytes: bytes.length },
    {
      path,
      specId: to.spec.id,
      partition: partitionOf(file, to),
      columns: to.columns.map(({ field }) => field),
    },
  );
}
