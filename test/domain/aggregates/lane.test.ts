import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byLane,
  countsOf,
  emptyLane,
  type Fact,
  fold,
  mergeLanes,
  windowOf,
} from '../../../domain/aggregates/lane.ts';
import { binsOf, emptySums, sumOf } from '../../../domain/aggregates/tally.ts';
import { slotLabel } from '../../../domain/aggregates/time.ts';
import { countRow, type WindowCounts } from '../../../domain/drift/window.ts';
import { below, bitsOf, chance, noon, seeds, someFact } from './samples.ts';

const fact = (more: Partial<Fact> = {}): Fact => ({
  sequence: '100',
  at: noon + 61_500,
  rows: 1,
  status: 200,
  latency: 3,
  bins: null,
  ...more,
});
const facts = (seed: number, n: number): Fact[] => {
  const random = chance(seed);
  return Array.from({ length: n }, (_, i) => someFact(random, noon, i));
};

describe('a lane', () => {
  test('counts a request once: its rows by second, minute and status, its latency, its bins', () => {
    const bins = { each: [Uint8Array.of(2, 0), Uint8Array.of(0, 0)] };
    const lane = fold(emptyLane(noon + 5), [fact({ rows: 2, bins })]);
    expect(lane).toMatchObject({ start: noon, seen: 61, last: '100'.padStart(40, '0') });
    expect(lane.seconds.map((rows, at) => [at, rows]).filter(([, rows]) => rows)).toEqual([[61, 2]]);
    expect(lane.minutes.map(({ requests, rows }) => [requests, rows])).toEqual([
      [0, 0],
      [1, 2],
      ...new Array(8).fill([0, 0]),
    ]);
    expect(lane.sums).toMatchObject({ requests: 1, rows: 2, errors: 0, binned: 2, bins: [[1, 0, 1], [2]] });
    expect(lane.sums.status).toEqual(new Map([[200, 2]]));
    expect(lane.sums.latency.indexOf(1)).toBe(8);
  });

  test('counts failed rows as errors, and no bins of them', () => {
    const lane = fold(emptyLane(noon), [
      fact({ rows: 3, status: 422, bins: { counts: [[3]] } }),
      fact({ sequence: '101', status: 500 }),
      fact({ sequence: '102', status: 399 }),
    ]);
    expect(lane.sums).toMatchObject({ requests: 3, rows: 5, errors: 4, binned: 0, bins: [] });
  });

  test('of numbers: a longer sequence is newer than a shorter one', () => {
    const lane = fold(emptyLane(noon), [fact({ sequence: '99' })]);
    expect(fold(lane, [fact({ sequence: '100' })]).sums.requests).toBe(2);
    expect(fold(lane, [fact({ sequence: '98' })]).sums.requests).toBe(1);
  });

  test('refuses the record of another one and leaves what it was given as it is', () => {
    const lane = emptyLane(noon);
    const before = bitsOf(lane);
    expect(() => fold(lane, [fact({ at: noon + 600_000 })])).toThrow(RangeError);
    fold(lane, [fact({ bins: { counts: [[1]] } })]);
    expect(bitsOf(lane)).toBe(before);
  });

  test('is the same however its records are cut into batches, repeated or mixed up within a batch', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.nat(12), { maxLength: 12 }), (seed, sizes) => {
        const all = facts(seed, 40);
        const random = chance(seed);
        let [lane, at] = [emptyLane(noon), 0];
        for (const size of [...sizes, all.length]) {
          const batch = all.slice(Math.max(0, at - below(random, 5)), at + size);
          lane = fold(
            lane,
            batch.toSorted(() => random() - 0.5),
          );
          at += size;
        }
        expect(bitsOf(lane)).toBe(bitsOf(fold(emptyLane(noon), all)));
      }),
    );
  });

  test('counts rows of one request alike whether they come one by one or counted', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 3, maxLength: 3 }), { minLength: 1 }), (each) => {
        const rows = each.length;
        const one = fold(emptyLane(noon), [fact({ rows, bins: { each } })]);
        expect(bitsOf(fold(emptyLane(noon), [fact({ rows, bins: { counts: countsOf(each) } })]))).toBe(
          bitsOf(one),
        );
        expect(one.sums.bins.map((counts) => counts.reduce((a, b) => a + b))).toEqual([rows, rows, rows]);
      }),
    );
  });
});

test('a sum of lanes is the lane of all their records, whichever shards they came by', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, shards) => {
      const all = facts(seed, 50);
      const lanes = Array.from({ length: shards }, (_, shard) =>
        fold(
          emptyLane(noon),
          all.filter((_, i) => i % shards === shard),
        ),
      );
      const whole = fold(emptyLane(noon), all);
      expect(mergeLanes(lanes, noon, noon + 600_000)).toEqual({
        start: noon,
        seconds: whole.seconds,
        minutes: whole.minutes,
        sums: whole.sums,
      });
      expect(sumOf(lanes.map(({ sums }) => sums))).toEqual(whole.sums);
    }),
  );
  expect(sumOf([])).toEqual(emptySums());
});

test('a window holds the lanes that reach into it, each in its place', () => {
  const lanes = [-1, 0, 1, 2].map((i) =>
    fold(emptyLane(noon + i * 600_000), [fact({ at: noon + i * 600_000 + 1000, rows: 10 + i })]),
  );
  const window = windowOf(lanes, noon + 599_999, noon + 600_001);
  expect(window.start).toBe(noon);
  expect([window.sums.rows, window.seconds.length, window.seconds[1], window.seconds[601]]).toEqual([
    21, 1200, 10, 11,
  ]);
  expect(windowOf(lanes, noon + 599_999, noon + 600_000).sums.rows).toBe(10);
  expect(() => mergeLanes(lanes, noon, noon + 1_200_000)).toThrow(RangeError);
});

test('a batch is sorted into lanes by deployment, shard and ten minutes, which its key spells', () => {
  const record = (deploymentId: string, shard: string, at: number) => ({
    deploymentId,
    shard,
    fact: fact({ at }),
  });
  const lanes = byLane([
    record('a', '00', noon),
    record('b', '00', noon),
    record('a', '01', noon),
    record('a', '00', noon + 600_000),
    record('a', '00', noon + 599_999),
  ]);
  expect(
    lanes.map(({ deploymentId, shard, start, facts }) => [
      deploymentId,
      shard,
      slotLabel(start),
      facts.length,
    ]),
  ).toEqual([
    ['a', '00', '20260615120', 2],
    ['b', '00', '20260615120', 1],
    ['a', '01', '20260615120', 1],
    ['a', '00', '20260615121', 1],
  ]);
});

test('bins as drift asks for them have as many counts as each part of the profile, and the rows behind them', () => {
  const lane = fold(emptyLane(noon), [
    fact({ rows: 2, bins: { each: [Uint8Array.of(2, 0), Uint8Array.of(0, 0)] } }),
    fact({ sequence: '101', rows: 9 }),
  ]);
  const counts = [[1, 0, 1, 0], [2, 0], [0]];
  expect(binsOf(lane.sums, [4, 2, 1])).toEqual({ rows: 2, counts });
  const window: WindowCounts = { rows: 0, counts: counts.map((part) => part.map(() => 0)) };
  for (const row of [Uint8Array.of(2, 0), Uint8Array.of(0, 0)]) countRow(window, row);
  expect(binsOf(lane.sums, [4, 2, 1])).toEqual(window);
});
