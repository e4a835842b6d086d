import type { DataFile, PartitionSpec, PrimitiveType, Value } from '../../../iceberg/model.ts';
import { transformed } from '../../../iceberg/transform.ts';
import { valueToBytes } from '../../../iceberg/values.ts';

/** Rows that exist here only: what the product sees of them is what a manifest says. */
export type Row = Value | null;
export interface Kind {
  type: PrimitiveType;
  /** In the order of bounds. */
  values: readonly Value[];
  transforms: readonly string[];
}
const hour = 3_600_000_000n;
export const kinds: Kind[] = [
  {
    type: { type: 'timestamptz' },
    values: [-hour, 0n, hour, 25n * hour, 26n * hour, 24n * 366n * hour],
    transforms: ['', 'identity', 'hour', 'day', 'month', 'year', 'void', 'bucket[4]'],
  },
  {
    type: { type: 'date' },
    values: [-1, 0, 1, 31, 366],
    transforms: ['', 'identity', 'day', 'month', 'year'],
  },
  { type: { type: 'long' }, values: [-11n, -1n, 0n, 9n, 10n], transforms: ['', 'identity', 'truncate[10]'] },
  { type: { type: 'int' }, values: [-11, -1, 0, 9, 10], transforms: ['', 'identity', 'truncate[10]'] },
  {
    type: { type: 'string' },
    values: ['', 'a', 'aa', 'ab', '\uffee', '\u{1f600}'],
    transforms: ['', 'identity', 'truncate[1]'],
  },
  {
    type: { type: 'decimal', precision: 9, scale: 2 },
    values: [-500n, 0n, 129n, 32768n],
    transforms: ['', 'identity', 'truncate[100]'],
  },
  { type: { type: 'double' }, values: [-1.5, -0, 0, 2, Number.NaN], transforms: ['', 'identity'] },
  { type: { type: 'boolean' }, values: [false, true], transforms: ['', 'identity'] },
];
const isNan = (row: Row) => typeof row === 'number' && Number.isNaN(row);
export const same = (a: Row, b: Row) => (isNan(a) && isNan(b)) || a === b;

/** Which statistics a writer leaves. */
export interface Writer {
  bounds: boolean;
  nulls: boolean;
  nans: boolean;
}
export const field = (type: PrimitiveType) => ({ id: 1, name: 'p', required: false, type });

/** Rows of one partition make one file. */
export function filesOf(kind: Kind, spec: PartitionSpec, rows: readonly Row[], writer: Writer, path: string) {
  const partition = (row: Row) =>
    spec.fields.map(({ transform }) => {
      if (transform === 'void') return null;
      // Older writers place times before 1970 one too late, and a bucket is any number here.
      const time = ['year', 'month', 'day', 'hour'].includes(transform);
      if (time && Number(row) < 0) return 0;
      return transform.startsWith('bucket') ? 1 : (transformed(transform, kind.type, row) ?? null);
    });
  const groups = Map.groupBy(rows, (row) =>
    partition(row)
      .map((value) => (Object.is(value, -0) ? '0' : String(value)))
      .join(),
  );
  return [...groups.values()].map((held, i) => ({
    file: describe(kind, spec, held, writer, `${path}-${i}`, partition(held[0] ?? null)),
    held,
  }));
}

function describe(
  kind: Kind,
  spec: PartitionSpec,
  held: Row[],
  writer: Writer,
  path: string,
  partition: Row[],
): DataFile {
  const ranks = held.flatMap((row) =>
    row === null || isNan(row) ? [] : [kind.values.findIndex((one) => Object.is(one, row))],
  );
  const bound = (rank: number) => {
    const value = kind.values[rank];
    return value !== undefined && writer.bounds && ranks.length > 0
      ? new Map([[1, valueToBytes(kind.type, value)]])
      : undefined;
  };
  return {
    content: 'data',
    ...{ path, format: 'parquet', specId: spec.id, partition, recordCount: held.length, sizeBytes: 1 },
    nullValueCounts: writer.nulls ? new Map([[1, held.filter((row) => row === null).length]]) : undefined,
    nanValueCounts: writer.nans ? new Map([[1, held.filter(isNan).length]]) : undefined,
    lowerBounds: bound(Math.min(...ranks)),
    upperBounds: bound(Math.max(...ranks)),
  };
}
