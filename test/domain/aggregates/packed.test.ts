import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, integersOf } from '../../../domain/aggregates/integers.ts';
import {
  type Bins,
  emptyLane,
  type Fact,
  fold,
  hourOfLanes,
  type Lane,
} from '../../../domain/aggregates/lane.ts';
import {
  packLane,
  packSeconds,
  packSteps,
  packSums,
  unpackLane,
  unpackSeconds,
  unpackSteps,
  unpackSums,
} from '../../../domain/aggregates/packed.ts';
import { below, chance, noon, seeds, someFact } from './samples.ts';

describe('packed', () => {
  test('whole numbers come back as they were, the largest among them', () => {
    const numbers = fc.array(fc.oneof(fc.nat(3), fc.nat(300), fc.maxSafeNat()), { maxLength: 300 });
    fc.assert(
      fc.property(numbers, (all) => {
        expect(integersOf(bytesOf(all))).toEqual(all);
      }),
    );
  });

  test('a number beyond the largest whole one is refused', () => {
    const largest = Uint8Array.of(1, 255, 255, 255, 255, 255, 255, 255, 15);
    expect(integersOf(largest)).toEqual([Number.MAX_SAFE_INTEGER]);
    expect(() => integersOf(largest.with(8, 16))).toThrow(RangeError);
    const endless = Uint8Array.from({ length: 400 }, (_, i) => (i === 0 || i === 399 ? 1 : 255));
    expect(() => integersOf(endless)).toThrow(RangeError);
  });

  test('a lane comes back as it was, and so do the hour that it is in and the sums of it', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 60 }), (seed, n) => {
        const random = chance(seed);
        const facts = Array.from({ length: n }, (_, i) => someFact(random, noon, i));
        const lane = fold(emptyLane(noon), facts);
        expect(unpackLane(packLane(lane), noon)).toEqual(lane);
        const whole = hourOfLanes([lane], noon);
        expect(unpackSeconds(packSeconds(whole.seconds))).toEqual(whole.seconds);
        expect(unpackSteps(packSteps(whole.minutes))).toEqual(whole.minutes);
        expect(unpackSums(packSums(whole.sums))).toEqual(whole.sums);
      }),
      { numRuns: 50 },
    );
  });

  test('what a condition or a count looks at lies beside the bytes', () => {
    const fact = { sequence: '7', at: noon + 3000, rows: 4, status: 200, latency: 1, bins: null };
    const { z, ...beside } = packLane(fold(emptyLane(noon), [fact, { ...fact, sequence: '8' }]));
    expect(beside).toEqual({ last: '8'.padStart(40, '0'), items: 2, n: 8, seen: 3 });
    expect(z.length).toBeLessThan(800);
  });

  test('bytes that are nothing of ours are refused, whatever they are, and soon', () => {
    const { z, ...beside } = packLane(fold(emptyLane(noon), [someFact(chance(1), noon, 1)]));
    const read = (bytes: Uint8Array) => {
      try {
        return unpackLane({ ...beside, z: bytes }, noon) && 'read';
      } catch (thrown) {
        return thrown instanceof RangeError ? 'refused' : thrown;
      }
    };
    for (let end = 0; end < z.length; end++) expect(read(z.subarray(0, end))).toBe('refused');
    expect(read(Uint8Array.of(...z, 0))).toBe('refused');
    expect(read(bytesOf([2, ...integersOf(z).slice(1)]))).toBe('refused');
    expect(read(bytesOf([...integersOf(z), 0]))).toBe('refused');
    expect(read(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 1))).toBe('refused');
    const numbers = fc.array(fc.maxSafeNat(), { minLength: 600, maxLength: 700 });
    const strange = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      numbers.map((all) => bytesOf([1, ...all])),
    );
    fc.assert(
      fc.property(strange, (bytes) => {
        expect(read(bytes)).toBe('refused');
      }),
    );
    fc.assert(
      fc.property(fc.nat(z.length - 1), fc.nat(255), (at, byte) => {
        expect(['read', 'refused']).toContain(read(z.with(at, byte)));
      }),
    );
  });
});

const gauss = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Ten minutes at so many requests a second: latencies around 12 ms, bins of deciles and of a dozen categories. */
function busyLane(perSecond: number, rows: number, features: number): Lane {
  const random = chance(features);
  const n = Math.round(perSecond * 600);
  const lengths = Array.from({ length: features }, (_, i) => (i % 5 === 4 ? 14 : 11));
  const row = () => Uint8Array.from(lengths, (k) => (random() < 0.002 ? k - 1 : below(random, k - 1)));
  const counted = () => lengths.map((k) => Array.from({ length: k }, () => below(random, (2 * rows) / k)));
  // Few are drawn and often taken: what is measured is the packing, not the drawing.
  const drawn = Array.from(
    { length: 500 },
    (): Bins => (rows === 1 ? { each: [row()] } : { counts: counted() }),
  );
  const facts = Array.from(
    { length: n },
    (_, i): Fact => ({
      sequence: String(i),
      at: noon + below(random, 600_000),
      rows,
      status: random() < 0.01 ? 422 : 200,
      latency: 12 * Math.exp(0.5 * gauss(random)),
      bins: drawn[below(random, drawn.length)] ?? null,
    }),
  );
  return fold(emptyLane(noon), facts);
}

/** Bytes of an item, as the table counts them: names, numbers and bytes, with the keys of a lane. */
function itemBytes(lane: Lane): number {
  const { last, items, n, seen, z } = packLane(lane);
  const deflated = deflateRawSync(z);
  expect(new Uint8Array(inflateRawSync(deflated))).toEqual(z);
  const keys = `pkL#01a1fe1e-7b55-7481-ad49-69cfbd6338baskyyyymmddHHM#00`.length;
  const numbers = [items, n, seen].reduce((sum, x) => sum + Math.ceil(String(x).length / 2) + 2, 0);
  const names = 'lastitemsnseenzvexp'.length;
  return keys + names + last.length + numbers + 8 + deflated.length;
}

test.each([
  [0.1, 1],
  [1, 1],
  [10, 1],
  [100, 1],
  [100, 100],
])(
  'a lane of %d requests a second, %d rows each, is written in 3 units at 30 features and 5 at 100',
  (perSecond, rows) => {
    const sizes = [30, 100].map((features) => itemBytes(busyLane(perSecond, rows, features)));
    expect(sizes.map((bytes) => Math.ceil(bytes / 1024))[0]).toBeLessThanOrEqual(3);
    expect(sizes.map((bytes) => Math.ceil(bytes / 1024))[1]).toBeLessThanOrEqual(5);
  },
);
