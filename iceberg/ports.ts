import type { Fault } from './fault.ts';
import type { JsonObject } from './json64.ts';
import type { TableMetadata } from './model.ts';

/** Bytes [start, end) of a file. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Files by the full path that the metadata gives: `s3://bucket/key`, or a path of this machine. */
export interface Storage {
  /** All bytes or those of a range; an absent file is a fault `fileNotFound`. */
  get(path: string, range?: ByteRange): Promise<Uint8Array>;
  /** Length in bytes; an absent file is a fault `fileNotFound`. */
  size(path: string): Promise<number>;
  /** With `ifAbsent` a file that is there already stays as it is, and the answer is `exists`. */
  put(path: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }): Promise<'written' | 'exists'>;
  /** Files that are absent already are no error. */
  remove(paths: readonly string[]): Promise<void>;
}

/** Where a table is in its catalog. */
export interface TableName {
  namespace: readonly string[];
  name: string;
}

/** A table as its catalog has it now. */
export interface LoadedTable {
  metadata: TableMetadata;
  /** The same as the catalog gave it: what rewrites it must not lose what it does not know. */
  json: JsonObject;
  metadataLocation: string;
}

/** What must still be so when a commit is taken, as the REST protocol spells it. */
export type Requirement =
  | { type: 'assert-table-uuid'; uuid: string }
  | { type: 'assert-ref-snapshot-id'; ref: string; 'snapshot-id': bigint | null };

/** One change of a table, as the REST protocol spells it. */
export type Update =
  | { action: 'add-snapshot'; snapshot: JsonObject }
  | { action: 'set-snapshot-ref'; 'ref-name': string; type: 'branch'; 'snapshot-id': bigint }
  | { action: 'remove-snapshots'; 'snapshot-ids': bigint[] };

/** A table to be: schema, spec and properties in the form of the metadata. */
export interface NewTable {
  /** Absent where the catalog chooses. */
  location?: string;
  schema: JsonObject;
  'partition-spec': JsonObject;
  properties: Record<string, string>;
}

/**
 * committed: taken. conflict: refused because the table changed; nothing was written.
 * unknown: no answer tells; only loading the table again does.
 */
export type CommitOutcome = 'committed' | 'conflict' | 'unknown';

export interface Catalog {
  /** Undefined when there is no such table. */
  load(table: TableName): Promise<LoadedTable | undefined>;
  /** Creates missing namespaces as well; a table that is there is a fault `tableExists`. */
  create(table: TableName, request: NewTable): Promise<LoadedTable>;
  commit(
    table: TableName,
    requirements: readonly Requirement[],
    updates: readonly Update[],
  ): Promise<CommitOutcome>;
}

/** A value that a statement takes or gives; columns of other types are cast in SQL. */
export type SqlValue = null | boolean | number | bigint | string;

/** What the engine could not do. Its own words are left out: they may quote values of rows. */
export interface EngineFault extends Fault {
  code: 'engine';
  /** As the engine calls it: Binder, Conversion, Invalid Input, Out of Range, IO … */
  kind: string;
  /** Byte of the statement, from 0. */
  position?: number;
}

/** One locked DuckDB instance with one work folder. Statements fail with an `EngineFault`, `outOfMemory` or `deadline`. */
export interface Engine {
  /** Rows by column name, few of them: whatever is many stays inside the engine. */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<Record<string, SqlValue>[]>;
}
