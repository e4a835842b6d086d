import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { bytesOf, integersOf } from '../../domain/aggregates/integers.ts';
import { type Bins, countsOf } from '../../domain/aggregates/lane.ts';

/** What the first byte says of those that follow. */
const forms = { each: 1, counts: 2 } as const;
/** So few bytes are not worth deflating counts for; so many rows always are. */
const fewBytes = 200;
const manyRows = 32;
/** The half byte before a bin that does not fit into one: its two halves follow. */
const large = 15;
const mostCounts = 1 << 20;

/**
 * The bins of some rows as a log item holds them: half a byte for most parts of each row, so that a hundred features
 * stay within one write unit; of many rows how many fell into each bin, where that is shorter. All rows have the
 * same parts.
 */
export function packBins(each: readonly Uint8Array[]): Uint8Array {
  if (each.length > manyRows) return packCounts(each);
  const rows = packRows(each);
  if (rows.length <= fewBytes || each.length === 1) return rows;
  const counts = packCounts(each);
  return counts.length < rows.length ? counts : rows;
}

/** The bins of an item that has so many rows. Throws on bytes that are none. */
export function unpackBins(bytes: Uint8Array, rows: number): Bins {
  if (bytes[0] === forms.counts) return { counts: countsIn(bytes.subarray(1)) };
  if (bytes[0] !== forms.each) throw broken();
  const bins = binsIn(bytes.subarray(1));
  const parts = bins.length / rows;
  if (!Number.isInteger(parts)) throw broken();
  return { each: Array.from({ length: rows }, (_, row) => bins.slice(row * parts, (row + 1) * parts)) };
}

function packRows(each: readonly Uint8Array[]): Uint8Array {
  const halves: number[] = [0, forms.each];
  for (const row of each)
    for (const bin of row)
      if (bin < large) halves.push(bin);
      else halves.push(large, bin >> 4, bin & 15);
  // What begins a large bin without going on is no bin.
  return Uint8Array.from({ length: Math.ceil(halves.length / 2) }, (_, i) => {
    const [high = 0, low = large] = [halves[2 * i], halves[2 * i + 1]];
    return (high << 4) | low;
  });
}

function packCounts(each: readonly Uint8Array[]): Uint8Array {
  const packed = deflateRawSync(bytesOf(countsOf(each).flatMap((counts) => [counts.length, ...counts])));
  const bytes = new Uint8Array(1 + packed.length);
  bytes[0] = forms.counts;
  bytes.set(packed, 1);
  return bytes;
}

function binsIn(bytes: Uint8Array): Uint8Array {
  const bins: number[] = [];
  const halves = Array.from(bytes).flatMap((byte) => [byte >> 4, byte & 15]);
  let at = 0;
  const next = () => halves[at++] as number;
  while (at < halves.length) {
    const half = next();
    if (half < large) bins.push(half);
    else if (at + 2 <= halves.length) bins.push((next() << 4) | next());
    else if (at < halves.length) throw broken();
  }
  return Uint8Array.from(bins);
}

function countsIn(bytes: Uint8Array): number[][] {
  const numbers = integersOf(inflateRawSync(bytes, { maxOutputLength: mostCounts }));
  const counts: number[][] = [];
  for (let at = 0; at < numbers.length; ) {
    const end = at + 1 + (numbers[at] as number);
    if (end > numbers.length) throw broken();
    counts.push(numbers.slice(at + 1, end));
    at = end;
  }
  return counts;
}

const broken = () => new RangeError('These bytes are no bins of a log');
