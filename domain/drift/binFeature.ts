import { absent, type Column, mostNames, type NumberColumn, type TextColumn, unnamed } from './columns.ts';
import { fnv1a } from './hash.ts';
import {
  buckets,
  type CategoricalProfile,
  type FeatureProfile,
  type HashedProfile,
  type IdProfile,
  type NumericProfile,
} from './profile.ts';
import { binned, distinct } from './quantiles.ts';
import { byCodePoint, type Reads } from './values.ts';

const mostCategories = 50;
const fewNumbers = 20;
/** Texts that are distinct in more than this share of the rows, and this many, are ids. */
const idShare = 0.5;
const leastIds = 50;

/** The bins of a feature, chosen by what its kept rows hold. */
export function profileFeature(name: string, column: Column, rows: number): FeatureProfile {
  if (column.kind === 'text') return profileText(name, column, rows, true);
  const sorted = present(column, rows);
  if (distinct(sorted) > fewNumbers) return numeric(name, sorted, rows);
  const counts = new Map<string, number>();
  for (const x of sorted) counts.set(String(x), (counts.get(String(x)) ?? 0) + 1);
  return categorical(name, 'number', counts, rows - sorted.length);
}

/** Deciles, however few distinct numbers there are. */
export const profileNumbers = (name: string, column: NumberColumn, rows: number): NumericProfile =>
  numeric(name, present(column, rows), rows);

/** Labels are no ids. */
export const profileLabels = (name: string, column: TextColumn, rows: number) =>
  profileText(name, column, rows, false) as CategoricalProfile | HashedProfile;

/** What is left of categories that must not be kept. */
export function withoutNames(feature: FeatureProfile): FeatureProfile {
  const { name, reads, type, counts } = feature;
  return type === 'numeric' ? feature : id(name, reads, counts);
}

function present({ values }: NumberColumn, rows: number): Float64Array {
  // −0 and 0 are one value.
  const kept = values.subarray(0, rows).filter((x) => !Number.isNaN(x));
  return kept.map((x) => x + 0).sort();
}

function numeric(name: string, sorted: Float64Array, rows: number): NumericProfile {
  const { edges, counts, means, sigma } = binned(sorted);
  return {
    name,
    type: 'numeric',
    reads: 'number',
    edges,
    means,
    sigma,
    counts: [...counts, rows - sorted.length],
  };
}

function profileText(name: string, column: TextColumn, rows: number, mayBeId: boolean): FeatureProfile {
  const { reads } = column;
  const { missing, perBucket, different } = tallied(column, rows);
  if (mayBeId && different > leastIds && different / rows > idShare)
    return id(name, reads, [rows - missing, missing]);
  if (column.names.size > mostNames) return { name, type: 'hashed', reads, counts: [...perBucket, missing] };
  return categorical(name, reads, countNames(column, rows), missing);
}

function tallied({ codes, hashes }: TextColumn, rows: number) {
  const perBucket = new Array<number>(buckets).fill(0);
  const held = hashes.subarray(0, rows).filter((hash, row) => {
    if (codes[row] === absent) return false;
    const bucket = hash % buckets;
    perBucket[bucket] = (perBucket[bucket] as number) + 1;
    return true;
  });
  return { missing: rows - held.length, perBucket, different: distinct(held.sort()) };
}

function countNames({ codes, names }: TextColumn, rows: number): Map<string, number> {
  const perCode = new Uint32Array(names.size);
  for (let row = 0; row < rows; row++) {
    const code = codes[row] as number;
    if (code !== absent && code !== unnamed) perCode[code] = (perCode[code] as number) + 1;
  }
  const counts = new Map<string, number>();
  for (const [name, code] of names) if (perCode[code]) counts.set(name, perCode[code]);
  return counts;
}

function categorical(
  name: string,
  reads: Reads,
  found: Map<string, number>,
  missing: number,
): CategoricalProfile {
  const ordered = [...found].toSorted(([a, n], [b, m]) => m - n || byCodePoint(a, b));
  const top = ordered.slice(0, mostCategories);
  const rest = ordered.slice(mostCategories);
  const other = rest.reduce((sum, [, count]) => sum + count, 0);
  return {
    name,
    type: 'categorical',
    reads,
    categories: top.map(([category]) => category),
    others: rest.map(([category]) => fnv1a(category)).toSorted((a, b) => a - b),
    counts: [...top.map(([, count]) => count), other, 0, missing],
  };
}

/** From counts of any kind: the last one is of what is missing. */
function id(name: string, reads: Reads, counts: readonly number[]): IdProfile {
  const missing = counts.at(-1) ?? 0;
  return {
    name,
    type: 'id',
    reads,
    counts: [counts.reduce((sum, count) => sum + count, 0) - missing, missing],
  };
}
