import * as z from 'zod';
import type { DataFile, PrimitiveType, Value } from '../../../../iceberg/model.ts';
import { valueFromBytes, valueToBytes } from '../../../../iceberg/values.ts';

/** Values of an entity column that one run replaces. */
export const mostValues = 1_000;

const Counts = z.array(z.tuple([z.int(), z.int()]));
const Bounds = z.array(z.tuple([z.int(), z.string()]));

/** A file that a part wrote, as its manifest entry will have it; bytes in hexadecimal. */
const Written = z.object({
  path: z.string(),
  spec_id: z.int(),
  partition: z.array(z.string().nullable()),
  rows: z.int(),
  bytes: z.int(),
  column_sizes: Counts,
  value_counts: Counts,
  null_counts: Counts,
  nan_counts: Counts,
  lower: Bounds,
  upper: Bounds,
});

/** What a scored part left. */
export const Out = z.object({
  part: z.int(),
  rows: z.int(),
  files: z.array(Written),
  /** Of an entity column that is replaced by value: the values that the rows have. */
  values: z.array(z.string().nullable()),
});
export type Out = z.infer<typeof Out>;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

export const valueHex = (type: PrimitiveType, value: Value | null): string | null =>
  value === null ? null : hex(valueToBytes(type, value));
export const hexValue = (type: PrimitiveType, text: string | null): Value | null =>
  text === null ? null : valueFromBytes(type, Buffer.from(text, 'hex'));

type Types = readonly (PrimitiveType | undefined)[];
const binary: PrimitiveType = { type: 'binary' };
const bounds = (map: DataFile['lowerBounds']): [number, string][] =>
  [...(map ?? [])].map(([id, bytes]) => [id, hex(bytes)]);
const bytes = (list: readonly (readonly [number, string])[]) =>
  new Map(list.map(([id, text]): [number, Uint8Array] => [id, Buffer.from(text, 'hex')]));

export const writtenOf = (file: DataFile, types: Types): Out['files'][number] => ({
  path: file.path,
  spec_id: file.specId,
  partition: file.partition.map((value, i) => valueHex(types[i] ?? binary, value)),
  rows: file.recordCount,
  bytes: file.sizeBytes,
  column_sizes: [...(file.columnSizes ?? [])],
  value_counts: [...(file.valueCounts ?? [])],
  null_counts: [...(file.nullValueCounts ?? [])],
  nan_counts: [...(file.nanValueCounts ?? [])],
  lower: bounds(file.lowerBounds),
  upper: bounds(file.upperBounds),
});

export const fileOf = (written: Out['files'][number], types: Types): DataFile => ({
  content: 'data',
  path: written.path,
  format: 'parquet',
  specId: written.spec_id,
  partition: written.partition.map((text, i) => hexValue(types[i] ?? binary, text)),
  recordCount: written.rows,
  sizeBytes: written.bytes,
  columnSizes: new Map(written.column_sizes),
  valueCounts: new Map(written.value_counts),
  nullValueCounts: new Map(written.null_counts),
  nanValueCounts: new Map(written.nan_counts),
  lowerBounds: bytes(written.lower),
  upperBounds: bytes(written.upper),
});
