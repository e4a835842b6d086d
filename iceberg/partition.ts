import type { AvroValue } from './avro.ts';
import { malformed } from './fault.ts';
import type { JsonMembers } from './json64.ts';
import type {
  DataFile,
  PartitionField,
  PartitionSpec,
  PartitionSummary,
  PrimitiveType,
  Schema,
  Value,
} from './model.ts';
import { compareValues } from './order.ts';
import { fromTwosComplement, toTwosComplement, uuidBytes, uuidText, valueToBytes } from './values.ts';

/** One type a field of the spec: what its transform makes of the source column. */
export function partitionTypes(
  spec: PartitionSpec,
  schemas: readonly Schema[],
): (PrimitiveType | undefined)[] {
  return spec.fields.map((field) => resultType(field, schemas));
}

/** Undefined where the source column is gone or no longer primitive: such values are passed over. */
function resultType(
  { sourceId, transform }: PartitionField,
  schemas: readonly Schema[],
): PrimitiveType | undefined {
  if (/^(?:year|month|hour|bucket\[\d+\])$/.test(transform)) return { type: 'int' };
  if (transform === 'day') return { type: 'date' };
  const sources = schemas.flatMap(({ fields }) => fields.filter(({ id }) => id === sourceId));
  const type = sources.at(-1)?.type;
  return type === undefined || type.type === 'other' ? undefined : type;
}

export const isUnpartitioned = (spec: PartitionSpec): boolean =>
  spec.fields.every(({ transform }) => transform === 'void');

const longs = ['long', 'time', 'timestamp', 'timestamptz', 'timestamp_ns', 'timestamptz_ns'];

/** A partition value as Avro gave it, in our form. */
export function partitionValue(type: PrimitiveType | undefined, value: AvroValue): Value | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return bytesValue(type, value);
  if (typeof value === 'object' || type?.type === 'decimal') return mismatch();
  if (!type || !longs.includes(type.type)) return value;
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : mismatch();
}

function bytesValue(type: PrimitiveType | undefined, value: Uint8Array): Value {
  if (type?.type === 'decimal') return fromTwosComplement(value);
  return type?.type === 'uuid' && value.length === 16 ? uuidText(value) : value;
}

function mismatch(): never {
  throw malformed('a partition value is not of its type');
}

/** The inverse of `partitionValue` for `avroTypeOf`. */
export function avroPartitionValue(type: PrimitiveType | undefined, value: Value | null): AvroValue {
  if (typeof value === 'bigint' && type?.type === 'decimal')
    return toTwosComplement(value, decimalBytes(type.precision));
  if (typeof value === 'string' && type?.type === 'uuid') return uuidBytes(value);
  return value;
}

/** Bytes that hold every decimal of so many digits. */
function decimalBytes(precision: number): number {
  let length = 1;
  while (2n ** BigInt(8 * length - 1) <= 10n ** BigInt(precision)) length++;
  return length;
}

const logical: Record<string, JsonMembers> = {
  boolean: { type: 'boolean' },
  int: { type: 'int' },
  long: { type: 'long' },
  float: { type: 'float' },
  double: { type: 'double' },
  string: { type: 'string' },
  binary: { type: 'bytes' },
  date: { type: 'int', logicalType: 'date' },
  time: { type: 'long', logicalType: 'time-micros' },
  timestamp: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': false },
  timestamptz: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': true },
  timestamp_ns: { type: 'long', logicalType: 'timestamp-nanos', 'adjust-to-utc': false },
  timestamptz_ns: { type: 'long', logicalType: 'timestamp-nanos', 'adjust-to-utc': true },
};

/** The Avro type of a partition value (Iceberg specification, appendix A); `name` is for types that need one. */
export function avroTypeOf(type: PrimitiveType, name: string): JsonMembers {
  switch (type.type) {
    case 'decimal': {
      const { precision, scale } = type;
      return { type: 'fixed', name, size: decimalBytes(precision), logicalType: 'decimal', precision, scale };
    }
    case 'fixed':
      return { type: 'fixed', name, size: type.length };
    case 'uuid':
      return { type: 'fixed', name, size: 16, logicalType: 'uuid' };
    default:
      return logical[type.type] ?? {};
  }
}

/** What a manifest list says of the partitions of a manifest's files: one summary a field of the spec. */
export function summarizePartitions(
  files: readonly Pick<DataFile, 'partition'>[],
  types: readonly (PrimitiveType | undefined)[],
): PartitionSummary[] {
  return types.map((type, i) =>
    summaryOf(
      files.map(({ partition }) => partition[i] ?? null),
      type,
    ),
  );
}

function summaryOf(values: readonly (Value | null)[], type: PrimitiveType | undefined): PartitionSummary {
  let lowest: Value | undefined;
  let highest: Value | undefined;
  for (const value of values) {
    if (value === null || Number.isNaN(value)) continue;
    if (lowest === undefined || compareValues(value, lowest) < 0) lowest = value;
    if (highest === undefined || compareValues(value, highest) > 0) highest = value;
  }
  const bytes = (value: Value | undefined) =>
    type && value !== undefined ? valueToBytes(type, value) : undefined;
  return {
    containsNull: values.includes(null),
    containsNan: values.some(Number.isNaN),
    lowerBound: bytes(lowest),
    upperBound: bytes(highest),
  };
}
