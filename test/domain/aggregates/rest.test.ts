import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  byLane,
  emptyLane,
  type Fact,
  fold,
  type Lane,
  mergeLanes,
} from '../../../domain/aggregates/lane.ts';
import { packLane, unpackLane } from '../../../domain/aggregates/packed.ts';
import { restOf, type Stored, standing } from '../../../domain/aggregates/rest.ts';
import { below, chance, noon, seeds, someFact } from './samples.ts';

const slot = 600_000;
type Steps = Generator<void, void>;
interface Tables {
  /** Written so far, in the order of the stream. */
  items: Fact[];
  lanes: Map<number, Lane>;
  rests: Map<number, Lane>;
}
interface Told {
  givenUp: number;
  stale: number;
  rewritten: number;
}

const records = (facts: readonly Fact[]) => facts.map((fact) => ({ deploymentId: 'd', shard: '00', fact }));
const storedOf = ({ lanes, rests }: Tables): Stored[] => [
  ...[...lanes.values()].map((lane) => ({ shard: 0, lane, rest: false })),
  ...[...rests.values()].map((lane) => ({ shard: 0, lane, rest: true })),
];
/** Every bit of what the lanes that count say together. */
const sumsOf = (stored: readonly Stored[]) => {
  const merged = mergeLanes(
    standing(stored).map(({ lane }) => lane),
    noon,
    noon + 2 * slot,
  );
  return merged;
};
const bits = (tally: ReturnType<typeof sumsOf>) =>
  JSON.stringify([tally, [...tally.sums.status].toSorted(([a], [b]) => a - b)]);
const singleDelivery = (facts: readonly Fact[]) =>
  sumsOf(
    byLane(records(facts)).map(({ start, facts: own }) => ({
      shard: 0,
      lane: fold(emptyLane(start), own),
      rest: false,
    })),
  );

function* writer(tables: Tables, facts: readonly Fact[]): Steps {
  for (const fact of facts) {
    tables.items.push(fact);
    yield;
  }
}

/** A consumer of the stream: batches come again, break off after any lane, and some are given up after that. */
function* aggregator(tables: Tables, facts: readonly Fact[], random: () => number, told: Told): Steps {
  for (let at = 0; at < facts.length; ) {
    while (at >= tables.items.length) yield;
    const from = random() < 0.2 ? below(random, at + 1) : at;
    const batch = tables.items.slice(from, at + 1 + below(random, 4));
    const patience = random() < 0.4 ? below(random, 3) : 9;
    const [done] = yield* folded(tables, batch, patience);
    if (done || random() < 0.5) at = Math.max(at, from + batch.length);
    if (!done) told.givenUp++;
  }
}

function* folded(tables: Tables, batch: readonly Fact[], patience: number): Generator<void, [boolean]> {
  let lanes = 0;
  for (const { start, facts } of byLane(records(batch))) {
    if (lanes++ >= patience) return [false];
    for (;;) {
      const read = tables.lanes.get(start);
      yield;
      if (tables.lanes.get(start)?.last !== read?.last) continue;
      const next = fold(read ?? emptyLane(start), facts);
      if (next.last !== '') tables.lanes.set(start, next);
      break;
    }
    yield;
  }
  return [true];
}

/** Three logs as the table has them: without the sequence of the stream. */
function addPage(all: Map<number, Lane>, items: readonly Fact[], at: number): void {
  const page = items.slice(at, at + 3).map((fact, i) => ({ ...fact, sequence: String(at + i) }));
  for (const { start, facts } of byLane(records(page)))
    all.set(start, fold(all.get(start) ?? emptyLane(start), facts));
}

/** Lanes first, then the logs, then the rests: with others at work in between, and broken off anywhere. */
function* recount(tables: Tables, steps: number, told: Told): Steps {
  const lanes = new Map(tables.lanes);
  yield;
  const all = new Map<number, Lane>();
  for (let at = 0; at < tables.items.length; at += 3) {
    addPage(all, tables.items, at);
    yield;
    if (steps-- <= 0) return;
  }
  for (const [start, tally] of all) {
    const rest = restOf(tally, lanes.get(start) ?? emptyLane(start));
    if (!rest) throw new Error('what is folded has been written');
    if (tables.rests.has(start)) told.rewritten++;
    // As it is stored and read again.
    tables.rests.set(start, unpackLane(packLane(rest), start));
    yield;
    if (steps-- <= 0) return;
  }
}

/** Requests in each minute, of all lanes that count. */
function minutesOf(stored: readonly Stored[]): number[] {
  const minutes = new Array<number>(20).fill(0);
  for (const { lane } of standing(stored))
    for (const [i, { requests }] of lane.minutes.entries())
      minutes[(lane.start - noon) / 60_000 + i] = requests + (minutes[(lane.start - noon) / 60_000 + i] ?? 0);
  return minutes;
}

function truthOf(facts: readonly Fact[]): number[] {
  const minutes = new Array<number>(20).fill(0);
  for (const { at } of facts) {
    const i = Math.floor((at - noon) / 60_000);
    minutes[i] = (minutes[i] ?? 0) + 1;
  }
  return minutes;
}

function plan(seed: number, told: Told) {
  const random = chance(seed);
  const facts = Array.from({ length: 2 + below(random, 14) }, (_, i) =>
    someFact(random, noon + below(random, 2) * slot, i),
  );
  const tables: Tables = { items: [], lanes: new Map(), rests: new Map() };
  const work = [
    writer(tables, facts),
    aggregator(tables, facts, random, told),
    aggregator(tables, facts, random, told),
  ];
  const truth = truthOf(facts);
  for (let redrives = 4; work.length > 0; ) {
    if (random() < 0.15 && redrives-- > 0) work.push(recount(tables, below(random, 12), told));
    const next = below(random, work.length);
    if (work[next]?.next().done) work.splice(next, 1);
    const stored = storedOf(tables);
    if (standing(stored).length < stored.length) told.stale++;
    // Nothing is ever counted twice, for any reader at any time.
    if (minutesOf(stored).some((n, i) => n > (truth[i] ?? 0))) throw new Error(`seed ${seed}: counted twice`);
  }
  return { facts, tables };
}

test('whatever is delivered again, given up, recounted, broken off: in the end every log counts once, bit by bit', () => {
  const told = { givenUp: 0, stale: 0, rewritten: 0 };
  fc.assert(
    fc.property(seeds, (seed) => {
      const { facts, tables } = plan(seed, told);
      // Once more for good, and again: it changes nothing.
      for (const _ of [1, 2]) {
        for (const _ of recount(tables, 999, told));
        expect(bits(sumsOf(storedOf(tables)))).toBe(bits(singleDelivery(facts)));
      }
    }),
    { numRuns: 1100 },
  );
  // The plans are as bad as they claim.
  expect(told.givenUp).toBeGreaterThan(1000);
  expect(told.stale).toBeGreaterThan(1000);
  expect(told.rewritten).toBeGreaterThan(1000);
});

test('a lane that has more than there is has no rest', () => {
  const random = chance(1);
  const facts = [0, 1, 2].map((i) => someFact(random, noon, i));
  const all = fold(emptyLane(noon), facts);
  const fewer = fold(emptyLane(noon), facts.slice(1));
  expect(restOf(fewer, all)).toBeUndefined();
  expect(restOf(all, fewer)?.sums.requests).toBe(1);
});
