/** What can be wrong with a table, in words that its owner may read: no value of anybody's rows is in a message. */
export type FaultCode =
  /** The table uses a part of the format that is not supported. */
  | 'unsupported'
  /** Metadata, a manifest or a file contradicts the specification. */
  | 'malformed'
  | 'snapshotNotFound'
  | 'columnNotFound'
  | 'tableNotFound'
  | 'tableExists'
  | 'namespaceNotFound'
  /** A file that the metadata names is not in the storage. */
  | 'fileNotFound'
  /** The catalog refused for a reason of its own: permissions, limits, its configuration. */
  | 'refused'
  /** Others kept committing, or the catalog kept silent, until there was no time left. */
  | 'unsettled'
  /** A filter is outside of the grammar, or does not fit the columns of the table. */
  | 'filter'
  /** The engine failed on a value or on a file: the message says how, never on which value. */
  | 'engine'
  | 'outOfMemory'
  | 'deadline';

export interface Fault extends Error {
  readonly code: FaultCode;
}

const faults = new WeakSet<Error>();

export function fault(code: FaultCode, message: string): Fault {
  const error = Object.assign(new Error(message), { name: 'IcebergFault', code });
  faults.add(error);
  return error;
}

export const isFault = (error: unknown): error is Fault => error instanceof Error && faults.has(error);

export const unsupported = (what: string): Fault =>
  fault('unsupported', `the table uses ${what}, which is not supported`);
export const malformed = (what: string): Fault => fault('malformed', what);
