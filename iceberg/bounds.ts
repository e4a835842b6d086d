import { isFault } from './fault.ts';
import type {
  DataFile,
  Field,
  ManifestFile,
  PartitionField,
  PartitionSummary,
  PrimitiveType,
  TableMetadata,
  Value,
} from './model.ts';
import { compareValues } from './order.ts';
import { partitionTypes } from './partition.ts';
import { fitted, valueFromBytes } from './values.ts';

/** What is known of one column in a file or a manifest; whatever is absent is not known. */
interface ColumnBounds {
  lo?: Value;
  hi?: Value;
  nulls?: number;
}

/** A file or a manifest: its number of rows where it is known, and the bounds of each column. */
export interface BoundsRow {
  rows?: number;
  columns: ColumnBounds[];
}

type Table = Pick<TableMetadata, 'schemas' | 'specs'>;

/** Writers disagree on the order of these, so their bounds say nothing. */
const unordered = ['uuid', 'binary', 'fixed'];

/** A bound that contradicts its type is none. */
function read(type: PrimitiveType, bytes: Uint8Array | undefined): Value | undefined {
  try {
    const value = bytes && !unordered.includes(type.type) ? valueFromBytes(type, bytes) : undefined;
    return bytes && typeof value === 'string' && !isText(value, bytes) ? undefined : value;
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}

/** A text cut within a character is no bound, and one with a NUL cannot be asked about. */
const isText = (text: string, bytes: Uint8Array): boolean =>
  !text.includes('\0') && Buffer.compare(Buffer.from(text), bytes) === 0;

const isFloating = ({ type }: PrimitiveType) => type === 'float' || type === 'double';

function fromStatistics(file: DataFile, { id }: Field, type: PrimitiveType): ColumnBounds {
  const lo = read(type, file.lowerBounds?.get(id));
  const hi = read(type, file.upperBounds?.get(id));
  // NaN is the greatest value, and no bound tells of it.
  const maybeNan = isFloating(type) && file.nanValueCounts?.get(id) !== 0;
  const ordered = lo === undefined || hi === undefined || compareValues(lo, hi) <= 0;
  const nulls = file.nullValueCounts?.get(id);
  return ordered ? { lo, hi: maybeNan ? undefined : hi, nulls } : { nulls };
}

/** The first that knows something. */
const merge = (all: readonly ColumnBounds[]): ColumnBounds => ({
  lo: all.find(({ lo }) => lo !== undefined)?.lo,
  hi: all.find(({ hi }) => hi !== undefined)?.hi,
  nulls: all.find(({ nulls }) => nulls !== undefined)?.nulls,
});

/** What is known of the columns in a data file: its statistics, and the values of its partition. */
export function boundsOfFile(file: DataFile, fields: readonly Field[], table: Table): BoundsRow {
  const spec = table.specs.find(({ id }) => id === file.specId);
  const columns = fields.map((field): ColumnBounds => {
    const { id, type } = field;
    if (type.type === 'other') return {};
    const partitions = (spec?.fields ?? []).map((partition, i) =>
      partition.sourceId === id ? ofPartition(file, partition, type, file.partition[i] ?? null) : {},
    );
    return merge([fromStatistics(file, field, type), ...partitions]);
  });
  return { rows: file.recordCount, columns };
}

const known = /^(?:identity|year|month|day|hour|(?:bucket|truncate)\[\d+\])$/;

function ofPartition(
  { recordCount }: DataFile,
  partition: PartitionField,
  type: PrimitiveType,
  value: Value | null,
): ColumnBounds {
  if (!known.test(partition.transform)) return {};
  // Every transform makes NULL of NULL, and of nothing else.
  return value === null ? { nulls: recordCount } : { ...rangeOf(partition, type, value), nulls: 0 };
}

/** What is known of the columns in the data files of a manifest, by the summary of their partitions. */
export function boundsOfManifest(manifest: ManifestFile, fields: readonly Field[], table: Table): BoundsRow {
  const spec = table.specs.find(({ id }) => id === manifest.specId);
  const types = spec ? partitionTypes(spec, table.schemas) : [];
  const columns = fields.map(({ id, type }): ColumnBounds => {
    if (type.type === 'other') return {};
    const partitions = (spec?.fields ?? []).map((partition, i) => {
      const [stored, summary] = [types[i], manifest.partitions?.[i]];
      return partition.sourceId === id && stored && summary
        ? ofSummary(summary, partition, type, stored)
        : {};
    });
    return merge(partitions);
  });
  return { columns };
}

function ofSummary(
  summary: PartitionSummary,
  partition: PartitionField,
  type: PrimitiveType,
  stored: PrimitiveType,
): ColumnBounds {
  if (!known.test(partition.transform)) return {};
  const lo = read(stored, summary.lowerBound);
  const hi = read(stored, summary.upperBound);
  const maybeNan = isFloating(type) && summary.containsNan !== false;
  return {
    lo: lo === undefined ? undefined : rangeOf(partition, type, lo).lo,
    hi: hi === undefined || maybeNan ? undefined : rangeOf(partition, type, hi).hi,
    nulls: summary.containsNull ? undefined : 0,
  };
}

interface Range {
  lo?: Value;
  hi?: Value;
}

/** The least and greatest value of a column that its transform makes into this partition value. */
function rangeOf({ transform }: PartitionField, type: PrimitiveType, value: Value): Range {
  if (unordered.includes(type.type)) return {};
  if (transform === 'identity') {
    const own = fitted(type, value);
    return { lo: own, hi: own };
  }
  const width = /^truncate\[([1-9]\d{0,8})\]$/.exec(transform)?.[1];
  if (width) return truncation(type, value, BigInt(width));
  return typeof value === 'number' ? period(transform, type, value) : {};
}

function truncation(type: PrimitiveType, value: Value, width: bigint): Range {
  const lo = fitted(type, value);
  if (typeof lo === 'bigint') return { lo, hi: lo + width - 1n };
  if (typeof lo === 'number') return { lo, hi: lo + Number(width) - 1 };
  return { lo };
}

const microsPerHour = 3_600_000_000n;
const msPerHour = 3_600_000;

/** When a period of a date transform begins, in hours since 1970. */
const begins: Record<string, (period: number) => number> = {
  year: (years) => Date.UTC(1970 + years, 0) / msPerHour,
  month: (months) => Date.UTC(1970, months) / msPerHour,
  day: (days) => days * 24,
  hour: (hours) => hours,
};

function period(transform: string, type: PrimitiveType, value: number): Range {
  const begin = begins[transform];
  // Older writers placed times before 1970 one period too late.
  const first = begin?.(value <= 0 ? value - 1 : value);
  const end = begin?.(value + 1);
  if (first === undefined || end === undefined || !Number.isInteger(first) || !Number.isInteger(end))
    return {};
  if (type.type === 'date') return { lo: first / 24, hi: end / 24 - 1 };
  const unit =
    type.type === 'timestamp' || type.type === 'timestamptz' ? microsPerHour : microsPerHour * 1000n;
  return { lo: BigInt(first) * unit, hi: BigInt(end) * unit - 1n };
}
