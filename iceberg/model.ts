/** Table metadata as plain data; snapshot ids are 63 bits wide and therefore bigint, all other numbers are safe integers. */

/** Names as the specification spells them, `decimal(9,2)` and `fixed[16]` taken apart. */
export type PrimitiveType =
  | {
      type:
        | 'boolean'
        | 'int'
        | 'long'
        | 'float'
        | 'double'
        | 'date'
        | 'time'
        | 'timestamp'
        | 'timestamptz'
        | 'timestamp_ns'
        | 'timestamptz_ns'
        | 'string'
        | 'uuid'
        | 'binary';
    }
  | { type: 'decimal'; precision: number; scale: number }
  | { type: 'fixed'; length: number };

/** A type of values this product does not read; columns of it are ignored, or refused where they are needed. */
interface OtherType {
  type: 'other';
  /** As written, for messages: struct, list, map, variant … */
  name: string;
}

export type FieldType = PrimitiveType | OtherType;

/**
 * A value of a primitive type: boolean; number for int, float, double, date (days); bigint for long, time, timestamps
 * (micro- or nanoseconds) and decimal (unscaled); string for string and uuid; bytes for binary and fixed.
 */
export type Value = boolean | number | bigint | string | Uint8Array;

export interface Field {
  id: number;
  name: string;
  required: boolean;
  type: FieldType;
  /** What rows written before the column existed hold. */
  initialDefault?: Value;
}

/** Top-level columns in order. */
export interface Schema {
  id: number;
  fields: Field[];
  identifierFieldIds: number[];
}

export interface PartitionField {
  /** Field id inside the partition record, 1000 and up. */
  id: number;
  sourceId: number;
  name: string;
  /** identity, void, year, month, day, hour, bucket[n], truncate[w], or one not known here. */
  transform: string;
}

export interface PartitionSpec {
  id: number;
  fields: PartitionField[];
}

export interface Snapshot {
  id: bigint;
  parentId?: bigint;
  /** 0 in tables of version 1. */
  sequenceNumber: number;
  timestampMs: number;
  /** Absent in snapshots of version 1 that list manifests inline. */
  manifestList?: string;
  /** Inline manifests of version 1. */
  manifests?: string[];
  schemaId?: number;
  summary: Record<string, string>;
}

export interface Reference {
  snapshotId: bigint;
  type: 'branch' | 'tag';
}

/** One entry of `schema.name-mapping.default`: the names a column goes by in files without field ids. */
export interface NameMapping {
  fieldId?: number;
  names: string[];
}

export interface TableMetadata {
  formatVersion: 1 | 2 | 3;
  /** Absent in some tables of version 1. */
  tableUuid?: string;
  location: string;
  lastSequenceNumber: number;
  lastUpdatedMs: number;
  lastColumnId: number;
  lastPartitionId: number;
  schemas: Schema[];
  currentSchemaId: number;
  specs: PartitionSpec[];
  defaultSpecId: number;
  defaultSortOrderId: number;
  properties: Record<string, string>;
  snapshots: Snapshot[];
  /** The branch `main` is here too, under its name. */
  refs: Record<string, Reference>;
  /** Absent without a snapshot. */
  currentSnapshotId?: bigint;
  nameMapping?: NameMapping[];
}

/** A row of a manifest list. Counts are absent where an older writer left them out. */
export interface ManifestFile {
  path: string;
  length: number;
  specId: number;
  content: 'data' | 'deletes';
  sequenceNumber: number;
  minSequenceNumber: number;
  addedSnapshotId: bigint;
  addedFilesCount?: number;
  existingFilesCount?: number;
  deletedFilesCount?: number;
  addedRowsCount?: number;
  existingRowsCount?: number;
  deletedRowsCount?: number;
  /** One summary a field of the spec, in its order. */
  partitions?: PartitionSummary[];
}

/** Bounds are single-value bytes of the transform's result type. */
export interface PartitionSummary {
  containsNull: boolean;
  containsNan?: boolean;
  lowerBound?: Uint8Array;
  upperBound?: Uint8Array;
}

type EntryStatus = 'existing' | 'added' | 'deleted';

/** A row of a manifest, its sequence numbers inherited already; absent ones inherit when written. */
export interface ManifestEntry {
  status: EntryStatus;
  snapshotId?: bigint;
  sequenceNumber?: number;
  fileSequenceNumber?: number;
  file: DataFile;
}

/** A data file or a file of deletes. Maps go by field id; bounds are single-value bytes. */
export interface DataFile {
  content: 'data' | 'positionDeletes' | 'equalityDeletes';
  path: string;
  /** Lower case: parquet, orc, avro, puffin. */
  format: string;
  specId: number;
  /** One value a field of the spec, in its order; null is a value. */
  partition: (Value | null)[];
  recordCount: number;
  sizeBytes: number;
  columnSizes?: Map<number, number>;
  valueCounts?: Map<number, number>;
  nullValueCounts?: Map<number, number>;
  nanValueCounts?: Map<number, number>;
  lowerBounds?: Map<number, Uint8Array>;
  upperBounds?: Map<number, Uint8Array>;
  splitOffsets?: number[];
  equalityIds?: number[];
  sortOrderId?: number;
  /** The one data file that a file of position deletes is about. */
  referencedDataFile?: string;
}
