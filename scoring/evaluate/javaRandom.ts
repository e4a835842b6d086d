const multiplier = 0x5deece66dn;
const mask = (1n << 48n) - 1n;

/** The first nextDouble() of java.util.Random with this seed: two steps of its 48-bit congruential generator. */
export function firstDouble(seed: bigint): number {
  const first = step((seed ^ multiplier) & mask);
  const second = step(first);
  const high = Number(first >> 22n);
  const low = Number(second >> 21n);
  return (high * 2 ** 27 + low) * 2 ** -53;
}

const step = (state: bigint) => (state * multiplier + 0xbn) & mask;

const number = new Float64Array(1);
const bits = new BigInt64Array(number.buffer);
const javaNaN = 0x7ff8000000000000n;

/** H2O's hash of a row: the bits of its numbers without the last six, over each other. */
export function rowHash(row: Float64Array): bigint {
  let hash = 0n;
  for (const value of row) {
    number[0] = value;
    // One NaN for all: engines may keep other bits.
    hash ^= (Number.isNaN(value) ? javaNaN : (bits[0] as bigint)) >> 6n;
  }
  return hash;
}
