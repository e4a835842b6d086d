import { expect, test } from 'vitest';
import { byLane, emptyLane, type Fact, fold, type Lane } from '../../../domain/aggregates/lane.ts';
import { below, bitsOf, chance, noon, someFact } from './samples.ts';

type Sent = { deploymentId: string; shard: string; fact: Fact };

/** One stream, in order: the records of two lanes of one partition, as a table's stream hands them on. */
function stream(random: () => number): Sent[] {
  const length = 4 + below(random, 20);
  return Array.from({ length }, (_, i) => ({
    deploymentId: 'd',
    shard: '00',
    fact: someFact(random, noon + below(random, 2) * 600_000, i * 7),
  }));
}

/** As much of the table as the aggregator uses. */
interface Store {
  lanes: Map<number, Lane>;
  refused: number;
  /** What plain additions, without any condition, would have made of the same deliveries. */
  added: number;
}

/** Whoever writes says what was read. */
function write(store: Store, lane: Lane, read: Lane | undefined): boolean {
  const same = store.lanes.get(lane.start)?.last === read?.last;
  if (same) store.lanes.set(lane.start, lane);
  else store.refused++;
  return same;
}

/** Where the mapping begins again after a failure. */
interface Checkpoint {
  done: number;
}

/** A consumer that may stop at any step, which another one or itself then takes up from the checkpoint. */
function* consumer(records: readonly Sent[], store: Store, checkpoint: Checkpoint, random: () => number) {
  let at = checkpoint.done;
  while (at < records.length) {
    const batch = records.slice(at, at + 1 + below(random, 8));
    const crashes = random() < 0.4 ? below(random, 6) : Number.POSITIVE_INFINITY;
    if (yield* handle(batch, store, crashes)) at += batch.length;
    checkpoint.done = Math.max(checkpoint.done, at);
  }
}

/** False where it crashes: after this many steps, wherever that is. */
function* handle(batch: readonly Sent[], store: Store, crashes: number): Generator<void, boolean> {
  let steps = 0;
  for (const { start, facts } of byLane(batch)) {
    store.added += facts.length;
    for (let written = false; !written; ) {
      const read = store.lanes.get(start);
      yield;
      if (steps++ >= crashes) return false;
      const folded = fold(read ?? emptyLane(start), facts);
      written = folded.last === read?.last || write(store, folded, read);
      yield;
      if (steps++ >= crashes) return false;
    }
  }
  return true;
}

function deliver(seed: number) {
  const random = chance(seed);
  const records = stream(random);
  const store: Store = { lanes: new Map(), refused: 0, added: 0 };
  const checkpoint = { done: 0 };
  let started = 1;
  const running = [consumer(records, store, checkpoint, random)];
  while (running.length > 0) {
    // Another consumer takes over while the old one is still at work, and neither knows of the other.
    if (started < 3 && random() < 0.3) {
      running.push(consumer(records, store, checkpoint, random));
      started++;
    }
    const next = below(random, running.length);
    if (running[next]?.next().done) running.splice(next, 1);
  }
  return { records, store };
}

test('10,000 plans of redelivery: every lane is that of a single delivery in order, bit by bit', () => {
  let [refused, addedWrong] = [0, 0];
  for (let seed = 0; seed < 10_000; seed++) {
    const { records, store } = deliver(seed);
    const once = byLane(records).map(({ start, facts }) => fold(emptyLane(start), facts));
    const lanes = once.map(({ start }) => store.lanes.get(start));
    expect(store.lanes.size, `plan ${seed}`).toBe(once.length);
    if (lanes.some((lane, i) => !lane || bitsOf(lane) !== bitsOf(once[i] as Lane)))
      expect(lanes, `plan ${seed}`).toEqual(once);
    refused += store.refused;
    if (store.added !== records.length) addedWrong++;
  }
  // The plans are as bad as they claim: consumers did race, and additions without a condition would have counted wrong.
  expect(refused).toBeGreaterThan(1000);
  expect(addedWrong).toBeGreaterThan(9000);
});
