import type { AvroRecord, AvroValue } from './avro.ts';
import { malformed } from './fault.ts';

/** Readers of a record of untrusted Avro: each gives the value under a key, or throws a fault that names the key. */

const unfit = (key: string) => malformed(`a manifest holds no valid ${key}`);

export function integerOf(record: AvroRecord, key: string): number {
  const value = record[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unfit(key);
  return value;
}

export function idOf(record: AvroRecord, key: string): bigint {
  const value = record[key];
  return typeof value === 'bigint' ? value : BigInt(integerOf(record, key));
}

export function textOf(record: AvroRecord, key: string): string {
  const value = record[key];
  if (typeof value !== 'string') throw unfit(key);
  return value;
}

export function bytesOf(record: AvroRecord, key: string): Uint8Array {
  const value = record[key];
  if (!(value instanceof Uint8Array)) throw unfit(key);
  return value;
}

export function recordOf(record: AvroRecord, key: string): AvroRecord {
  const value = record[key];
  if (!isRecord(value)) throw unfit(key);
  return value;
}

const isRecord = (value: AvroValue): value is AvroRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** A list, each item read under the key of the list. */
export const listOf =
  <T>(read: (record: AvroRecord, key: string) => T) =>
  (record: AvroRecord, key: string): T[] => {
    const list = record[key];
    if (!Array.isArray(list)) throw unfit(key);
    return list.map((item) => read({ [key]: item }, key));
  };

/** A map, which Avro holds as a list of keys and values. */
export const mapOf =
  <T>(read: (record: AvroRecord, key: string) => T) =>
  (record: AvroRecord, key: string): Map<number, T> => {
    const pairs = listOf(recordOf)(record, key);
    return new Map(pairs.map((pair) => [integerOf(pair, 'key'), read(pair, 'value')]));
  };

export function optionalOf<T>(
  record: AvroRecord,
  key: string,
  read: (record: AvroRecord, key: string) => T,
): T | undefined {
  const value = record[key];
  return value === undefined || value === null ? undefined : read(record, key);
}
