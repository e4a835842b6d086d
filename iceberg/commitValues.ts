import type {
  DataFile,
  Field,
  ManifestFile,
  PartitionSpec,
  PartitionSummary,
  PrimitiveType,
  Value,
} from './model.ts';
import { compareValues } from './order.ts';
import { transformed } from './transform.ts';
import { valueFromBytes } from './values.ts';

/**
 * What replacing the rows of one value asks of a file: nothing (`keep`), all of it (`delete`), or a look at its rows
 * (`look`), because the file may hold other values too.
 */
export type Verdict = 'keep' | 'delete' | 'look';

/** The column whose values are replaced, and these values; null is one. */
export interface Replaced {
  field: Field & { type: PrimitiveType };
  values: readonly (Value | null)[];
}

const inexact = ['string', 'binary', 'fixed'];

/** SQL knows one zero. */
const plain = (value: Value): Value => (value === 0 ? 0 : value);
const isNan = (value: Value | null) => typeof value === 'number' && Number.isNaN(value);
const order = (a: Value, b: Value): number => compareValues(plain(a), plain(b));

/** Null equals null, NaN equals NaN, and 0 equals -0: as rows are compared when they are replaced. */
function same(a: Value | null, b: Value | null): boolean {
  if (a === null || b === null) return a === b;
  return isNan(a) || isNan(b) ? isNan(a) && isNan(b) : order(a, b) === 0;
}

/** The verdict on one live data file, from its partition and its column's bounds alone. */
export function verdictOn(file: DataFile, spec: PartitionSpec, replaced: Replaced): Verdict {
  const holds = columnOf(file, replaced.field);
  let found: Verdict = 'keep';
  for (const value of replaced.values) {
    const verdict = byPartition(file, spec, replaced.field, value) ?? byBounds(holds, value);
    if (verdict === 'delete') return 'delete';
    if (verdict === 'look') found = 'look';
  }
  return found;
}

function byPartition(
  file: DataFile,
  spec: PartitionSpec,
  field: Replaced['field'],
  value: Value | null,
): Verdict | undefined {
  for (const [i, { sourceId, transform }] of spec.fields.entries()) {
    const wanted = sourceId === field.id ? transformed(transform, field.type, value) : undefined;
    if (wanted === undefined) continue;
    if (!same(file.partition[i] ?? null, wanted)) return 'keep';
    if (transform === 'identity') return 'delete';
  }
  return undefined;
}

interface Held {
  low?: Value;
  high?: Value;
  /** Undefined where nobody counted. */
  nulls?: number;
  nans?: number;
  rows: number;
  exact: boolean;
}

function columnOf(file: DataFile, { id, type }: Replaced['field']): Held {
  const bound = (bytes: Uint8Array | undefined) => bytes && valueFromBytes(type, bytes);
  const floating = type.type === 'float' || type.type === 'double';
  return {
    low: bound(file.lowerBounds?.get(id)),
    high: bound(file.upperBounds?.get(id)),
    nulls: file.nullValueCounts?.get(id),
    nans: floating ? file.nanValueCounts?.get(id) : 0,
    rows: file.recordCount,
    exact: !inexact.includes(type.type),
  };
}

function byBounds(held: Held, value: Value | null): Verdict {
  const { nulls, rows } = held;
  if (value === null) return byNulls(held);
  if (nulls === rows) return 'keep';
  if (isNan(value)) return held.nans === 0 ? 'keep' : 'look';
  return byRange(held, value);
}

function byNulls({ nulls, rows }: Held): Verdict {
  if (nulls === 0) return 'keep';
  return nulls === rows ? 'delete' : 'look';
}

function byRange({ low, high, nulls, nans, exact }: Held, value: Value): Verdict {
  if (low === undefined || high === undefined) return 'look';
  if (order(value, low) < 0 || order(high, value) < 0) return 'keep';
  const only = same(low, value) && same(high, value) && nulls === 0 && nans === 0;
  return only && exact ? 'delete' : 'look';
}

/**
 * Whether a manifest can list a file that one of the values is in, from its partition summaries alone; `types` are those
 * of the spec's partition values.
 */
export function mayConcern(
  { partitions }: ManifestFile,
  spec: PartitionSpec,
  types: readonly (PrimitiveType | undefined)[],
  { field, values }: Replaced,
): boolean {
  if (!partitions || partitions.length !== spec.fields.length) return true;
  return values.some((value) =>
    spec.fields.every(({ sourceId, transform }, i) => {
      const wanted = sourceId === field.id ? transformed(transform, field.type, value) : undefined;
      const [summary, type] = [partitions[i], types[i]];
      return wanted === undefined || !summary || !type || within(summary, type, wanted);
    }),
  );
}

function within(summary: PartitionSummary, type: PrimitiveType, wanted: Value | null): boolean {
  if (wanted === null) return summary.containsNull;
  if (isNan(wanted)) return summary.containsNan !== false;
  const { lowerBound, upperBound } = summary;
  if (!lowerBound || !upperBound) return true;
  const [low, high] = [valueFromBytes(type, lowerBound), valueFromBytes(type, upperBound)];
  return order(wanted, low) >= 0 && order(high, wanted) >= 0;
}
