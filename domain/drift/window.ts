import { type Profile, partsOf } from './profile.ts';

/** What a window held, additive: how many rows, and per part of the profile a count for each of its bins. */
export type WindowCounts = { rows: number; counts: number[][] };

export const emptyWindow = (profile: Profile): WindowCounts => ({
  rows: 0,
  counts: partsOf(profile).map(({ counts }) => counts.map(() => 0)),
});

/** Counts the bins of one more row, in place: this runs once for every row of a log. */
export function countRow(window: WindowCounts, bins: Uint8Array): void {
  window.rows++;
  for (let part = 0; part < bins.length; part++) {
    const counts = window.counts[part] as number[];
    const bin = bins[part] as number;
    counts[bin] = (counts[bin] as number) + 1;
  }
}

export const sumOf = (a: WindowCounts, b: WindowCounts): WindowCounts => ({
  rows: a.rows + b.rows,
  counts: a.counts.map((counts, part) => counts.map((count, bin) => count + (b.counts[part]?.[bin] ?? 0))),
});
