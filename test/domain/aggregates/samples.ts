import fc from 'fast-check';
import type { Fact, Lane } from '../../../domain/aggregates/lane.ts';

export const second = 1000;
export const hour = 3_600_000;
/** 2026-06-15T12:00:00Z */
export const noon = Date.UTC(2026, 5, 15, 12);

/** Numbers in [0, 1), the same for the same seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const below = (random: () => number, n: number): number => Math.floor(random() * n);

/** A record of the ten minutes from `start`. */
export function someFact(random: () => number, start: number, sequence: number): Fact {
  const rows = 1 + below(random, random() < 0.2 ? 50 : 2);
  const row = () => Uint8Array.from({ length: 4 }, () => below(random, 12));
  const bins = [{ each: Array.from({ length: rows }, row) }, { counts: [[0, rows], [rows]] }, null];
  return {
    sequence: String(10n ** 20n + BigInt(sequence)),
    at: start + below(random, 600_000),
    rows,
    status: [200, 200, 200, 422, 500][below(random, 5)] ?? 200,
    latency: random() < 0.1 ? below(random, 60_000) : random() * 20,
    bins: bins[below(random, 3)] ?? null,
  };
}

/** Every bit of a lane, as text. */
export const bitsOf = (lane: Lane): string =>
  JSON.stringify([lane, [...lane.sums.status].toSorted(([a], [b]) => a - b)]);

export const seeds = fc.integer({ min: 0, max: 2 ** 31 });
