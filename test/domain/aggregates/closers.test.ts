import fc from 'fast-check';
import { expect, test } from 'vitest';
import { close, dayRow, mayReplace, type Write } from '../../../domain/aggregates/hours.ts';
import { emptyLane, type Fact, fold, type Lane } from '../../../domain/aggregates/lane.ts';
import { emptySums, type Sums, sumOf } from '../../../domain/aggregates/tally.ts';
import { below, chance, hour, noon, seeds, someFact } from './samples.ts';

/** The tables of one deployment on one day. */
interface Tables {
  items: { hour: number; rows: number }[];
  lanes: Map<string, Lane>;
  /** Tokens by hour. */
  readers: Map<number, number>;
  closers: Map<number, number>;
  rows: Map<string, Write>;
  dayCounts: Map<number, number>;
  tokens: number;
}

type Steps = Generator<void, void>;
interface Sent {
  shard: number;
  hour: number;
  fact: Fact;
}

function put(tables: Tables, write: Write): boolean {
  const key = 'hour' in write ? `${write.row}#${write.hour}` : write.row;
  const may = mayReplace(tables.rows.get(key)?.unlessMore, write.unlessMore);
  if (may) tables.rows.set(key, write);
  return may;
}

/** Logs are written one after another, and each shard's aggregator is told of them some time later. */
function* writer(tables: Tables, sent: readonly Sent[]): Steps {
  for (const { hour: of, fact } of sent) {
    tables.items.push({ hour: of, rows: fact.rows });
    yield;
  }
}

function* aggregator(tables: Tables, sent: readonly Sent[], shard: number, random: () => number): Steps {
  for (const [at, next] of sent.entries()) {
    while (at >= tables.items.length) yield;
    if (next.shard === shard) yield* foldOne(tables, next);
    // Here and there it is told again of what it has folded, as after a crash.
    for (const again of sent.slice(0, at + 1))
      if (again.shard === shard && random() < 0.1) yield* foldOne(tables, again);
  }
}

function* foldOne(tables: Tables, { shard, hour: of, fact }: Sent): Steps {
  const key = `${of}#${shard}`;
  tables.tokens++;
  const token = tables.tokens;
  tables.readers.set(of, token);
  yield;
  tables.closers.set(of, token);
  yield;
  for (;;) {
    const read = tables.lanes.get(key);
    yield;
    if (tables.lanes.get(key)?.last !== read?.last) continue;
    tables.lanes.set(key, fold(read ?? emptyLane(of), [fact]));
    return;
  }
}

function* closer(tables: Tables, of: number): Steps {
  const closers = tables.closers.get(of);
  if (closers === undefined) return;
  yield;
  const readers = tables.readers.get(of);
  yield;
  if (!(yield* written(tables, of))) return;
  if (!removed(tables.readers, of, readers)) return;
  yield;
  removed(tables.closers, of, closers);
}

function removed(marks: Map<number, number>, of: number, token: number | undefined): boolean {
  const now = marks.get(of);
  if (now !== undefined && now !== token) return false;
  marks.delete(of);
  return true;
}

function* written(tables: Tables, of: number): Generator<void, boolean> {
  const lanes: Lane[] = [];
  for (const shard of [0, 1]) {
    const lane = tables.lanes.get(`${of}#${shard}`);
    if (lane) lanes.push(lane);
    yield;
  }
  const closing = close(of, lanes, tables.items.filter((item) => item.hour === of).length);
  yield;
  if (closing.outcome === 'unequal') return false;
  for (const write of closing.writes) {
    if (!put(tables, write)) return false;
    yield;
  }
  const { hour: h, n } = closing.dayCount;
  if ((tables.dayCounts.get(h) ?? 0) <= n) tables.dayCounts.set(h, n);
  yield;
  const hours = [...tables.rows.values()].flatMap((row) => (row.row === 'hour' ? [row.sums] : []));
  yield;
  put(tables, dayRow(of, hours));
  yield;
  return true;
}

const sumsOf = (tables: Tables, of: number): Sums =>
  sumOf([...tables.lanes].flatMap(([key, { sums }]) => (key.startsWith(`${of}#`) ? [sums] : [])));

const hours = [noon, noon + hour];

/** Whatever a reader sees without a mark is all that was folded. */
function holds({ readers, dayCounts, ...tables }: Tables): boolean {
  const counted = (of: number) => dayCounts.get(of === noon ? 12 : 13) ?? 0;
  return hours.every(
    (of) => readers.has(of) || counted(of) === sumsOf({ readers, dayCounts, ...tables }, of).rows,
  );
}

/** All at work at the same time, in any order. */
function* together(tables: Tables, work: Steps[], random: () => number): Steps {
  let [closers, next] = [40, 0];
  while (work.length > 0) {
    if (random() < 0.1 && closers-- > 0) work.push(closer(tables, hours[below(random, 2)] ?? noon));
    // One goes on for a while, and the others stand still in the middle of what they do.
    if (random() < 0.3 || next >= work.length) next = below(random, work.length);
    if (work[next]?.next().done) work.splice(next, 1);
    yield;
  }
}

function story(seed: number) {
  const random = chance(seed);
  const sent = Array.from({ length: 3 + below(random, 8) }, (_, i): Sent => {
    const of = hours[below(random, 2)] ?? noon;
    return { shard: below(random, 2), hour: of, fact: someFact(random, of, i) };
  });
  const tables: Tables = {
    items: [],
    lanes: new Map(),
    readers: new Map(),
    closers: new Map(),
    rows: new Map(),
    dayCounts: new Map(),
    tokens: 0,
  };
  const work = [writer(tables, sent), ...[0, 1, 0].map((shard) => aggregator(tables, sent, shard, random))];
  return { sent, tables, steps: together(tables, work, random) };
}

test('any number of closers, late folds and repeated ones: a closed hour is never short, and all close in the end', () => {
  let reopened = 0;
  const run = ({ tables, steps }: ReturnType<typeof story>) => {
    let marks = 0;
    for (const _ of steps) {
      expect(holds(tables)).toBe(true);
      if (tables.readers.size > marks && tables.rows.size > 0) reopened++;
      marks = tables.readers.size;
    }
  };
  fc.assert(
    fc.property(seeds, (seed) => {
      const told = story(seed);
      run(told);
      const { tables, sent } = told;
      // The next run of the closer; and one more for an hour whose marks another one was about to delete.
      for (const of of [...hours, ...hours]) for (const _ of closer(tables, of));
      expect([tables.readers.size, tables.closers.size]).toEqual([0, 0]);
      const all = hours.map((of) =>
        sumOf(sent.flatMap((one) => (one.hour === of ? [fold(emptyLane(of), [one.fact]).sums] : []))),
      );
      const rows = hours.map((of) => tables.rows.get(`hour#${of}`));
      expect(rows.map((row) => (row && 'sums' in row ? row.sums : emptySums()))).toEqual(all);
      expect(tables.rows.get('day')).toMatchObject({ sums: sumOf(all) });
    }),
    { numRuns: 500 },
  );
  expect(reopened).toBeGreaterThan(50);
});
