import { inflateRawSync } from 'node:zlib';
import { unpackSums } from '../../domain/aggregates/packed.ts';
import type { Sums } from '../../domain/aggregates/tally.ts';
import { day, hour } from '../../domain/aggregates/time.ts';
import { between } from '../aws/queries.ts';
import { at } from '../items.ts';

const most = 4 * 1024 * 1024;
const lengths = { daySums: day, hourSums: hour };

/** The sums of these days or hours, given in order: one Query for each stretch without a gap. */
export async function sums(
  id: string,
  row: 'daySums' | 'hourSums',
  starts: readonly number[],
): Promise<Sums[]> {
  const read = stretches(starts, lengths[row]).map(({ from, to }) =>
    between(at[row](id, from), at[row](id, to)),
  );
  return (await Promise.all(read))
    .flat()
    .map(({ z }) => unpackSums(inflateRawSync(z as Uint8Array, { maxOutputLength: most })));
}

function stretches(starts: readonly number[], length: number): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const start of starts) {
    const last = found.at(-1);
    if (last && last.to + length === start) last.to = start;
    else found.push({ from: start, to: start });
  }
  return found;
}
