import { malformed } from './fault.ts';
import type { DataFile, Field, PrimitiveType } from './model.ts';
import { lowerBound, upperBound } from './statBounds.ts';

/** A file that COPY wrote, as RETURN_STATS tells of it. */
export interface WrittenFile {
  path: string;
  rows: number;
  sizeBytes: number;
  /** By column name; every statistic as text, by the engine's name for it. */
  columns: Map<string, Map<string, string>>;
  /** The values of the PARTITION_BY columns, as text. */
  partition: Map<string, string | null>;
}

/** The rows that COPY with RETURN_STATS gives, one a file; maps in them are lists of keys and values. */
export const writtenFiles = (rows: readonly Record<string, unknown>[]): WrittenFile[] =>
  rows.map(writtenFile);

function writtenFile(row: Record<string, unknown>): WrittenFile {
  const columns = entriesOf(row.column_statistics).map(([name, values]): [string, Map<string, string>] => [
    unquoted(name),
    new Map(entriesOf(values).map(([key, value]) => [key, String(value)])),
  ]);
  return {
    path: String(row.filename),
    rows: countOf(row.count),
    sizeBytes: countOf(row.file_size_bytes),
    columns: new Map(columns),
    partition: new Map(
      entriesOf(row.partition_keys).map(([name, value]) => [name, value === null ? null : String(value)]),
    ),
  };
}

function entriesOf(map: unknown): [string, unknown][] {
  return (Array.isArray(map) ? map : []).map((entry: { key: unknown; value: unknown }) => [
    String(entry.key),
    entry.value,
  ]);
}

const unquoted = (name: string) => (/^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name);

function countOf(value: unknown): number {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 0) throw malformed('the engine told no count of what it wrote');
  return count;
}

/** Where a written file goes and what its columns are; `partition` as the manifest will have it. */
export type Destination = Pick<DataFile, 'path' | 'specId' | 'partition'> & {
  columns: readonly (Field & { type: PrimitiveType })[];
};

/** The manifest's entry of a file that the engine wrote, bounds included; columns go by their names in the file. */
export function dataFileOfStats(written: WrittenFile, { columns, ...to }: Destination): DataFile {
  const found = columns.flatMap((field) => {
    const stats = written.columns.get(field.name);
    return stats ? [{ field, stats }] : [];
  });
  const per = <T>(of: (stats: ReadonlyMap<string, string>, type: PrimitiveType) => T | undefined) =>
    new Map(
      found.flatMap(({ field, stats }): [number, T][] => {
        const value = of(stats, field.type);
        return value === undefined ? [] : [[field.id, value]];
      }),
    );
  const count = (key: string) => per((stats) => (stats.has(key) ? countOf(stats.get(key)) : undefined));
  return {
    ...to,
    content: 'data',
    format: 'parquet',
    recordCount: written.rows,
    sizeBytes: written.sizeBytes,
    columnSizes: count('column_size_bytes'),
    valueCounts: count('num_values'),
    nullValueCounts: count('null_count'),
    // How many there are is not told, only whether there are any.
    nanValueCounts: per((stats) => (stats.get('has_nan') === 'false' ? 0 : undefined)),
    lowerBounds: per((stats, type) => lowerBound(type, stats.get('min'))),
    upperBounds: per((stats, type) => upperBound(type, stats.get('max'))),
  };
}
