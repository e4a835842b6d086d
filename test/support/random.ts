/** A generator that a seed determines wholly (mulberry32). */
export type Random = {
  /** From 0 up to 1. */
  next(): number;
  below(bound: number): number;
  chance(percent: number): boolean;
};

export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return { next, below, chance: (percent) => percent > 0 && next() * 100 < percent };
}
