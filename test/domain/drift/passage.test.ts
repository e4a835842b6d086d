import fc from 'fast-check';
import { expect, test } from 'vitest';
import { baselineRows, firstOf, hoursFrom, type Logged } from '../../../domain/drift/firstRows.ts';
import {
  type Binned,
  begun,
  type Passage,
  passed,
  rowsLeft,
  stepper,
  stretchOf,
} from '../../../domain/drift/passage.ts';
import { idAt, millisecondsOf, rowId } from '../../../domain/id.ts';
import { logId } from '../../../domain/log.ts';
import { below, chance, hour, noon } from '../aggregates/samples.ts';

const second = 1000;
const idOf = (at: number, random: () => number) =>
  logId(
    idAt(
      at,
      Uint8Array.from({ length: 10 }, () => below(random, 256)),
    ),
  );
const rowsOf = (logs: readonly Logged[]) =>
  logs.flatMap(({ id, rows }) => Array.from({ length: rows }, (_, i) => rowId(id, i)));
const log = (at: number, more: Partial<Logged> = {}): Logged => ({
  ...{ id: idOf(at, chance(at)), rows: 100, status: 200, binned: false, stored: true },
  ...more,
});

test('the baseline is the first 1,000 rows that were answered and stored, and not one more', () => {
  const refused = log(noon, { status: 422 });
  const unstored = log(noon + 1, { stored: false });
  const some = Array.from({ length: 10 }, (_, i) => log(noon + 10 + i, { rows: 150 }));
  const first = firstOf([refused, unstored, ...some]);
  expect(first?.taken.map(({ rows }) => rows)).toEqual([150, 150, 150, 150, 150, 150, 100]);
  expect(first?.after).toBe(rowId(some[6]?.id ?? '', 99));
  expect(firstOf([refused, unstored, ...some.slice(0, 6)])).toBeUndefined();
});

test('hours that may hold logs are closed ones with rows, marked ones, and the newest two', () => {
  const days = [
    { start: noon - 12 * hour, hours: Array.from({ length: 24 }, (_, i) => [3, 0, null][i % 3] ?? null) },
  ];
  const now = noon + 30 * second;
  expect(hoursFrom(noon - 6.5 * hour, now, { days, open: [noon - 4 * hour, noon - 9 * hour] })).toEqual(
    [6, 4, 3, 1, 0].map((ago) => noon - ago * hour),
  );
});

test('a step has no more lanes than a transaction has room for, and the next one goes on where it ended', () => {
  const logs = Array.from({ length: 40 }, (_, i) => log(noon + i * 600 * second, { rows: 1 }));
  const now = noon + 10 * hour;
  let passage = begun(undefined, now);
  const sizes: number[] = [];
  for (let whole = false; !whole; ) {
    const { take, step } = stepper(passage);
    for (const one of logs) if (!take(one)) break;
    const binned = rowsOf(step.logs).map((id) => ({ id, bins: Uint8Array.of(1) }));
    const next = passed(passage, step, binned, now);
    ({ whole } = step);
    ({ passage } = next);
    sizes.push(next.lanes.length);
  }
  expect(sizes).toEqual([24, 16]);
});

/** A deployment's traffic of half an hour in which the baseline is made, and processes learn of it one by one. */
function traffic(random: () => number) {
  const made = noon + (5 + below(random, 20)) * 60 * second;
  const logs = Array.from({ length: 30 + below(random, 60) }, () => {
    const from = random() < 0.5 ? noon + below(random, 1800) * second : made + below(random, 60) * second;
    const at = from + below(random, 1000);
    const knows = at > made + below(random, 40) * second;
    const status = random() < 0.1 ? 422 : 200;
    const log: Logged = {
      ...{ id: idOf(at, random), status, binned: knows && status === 200, stored: random() > 0.1 },
      rows: 1 + below(random, random() < 0.3 ? 400 : 10),
    };
    return log;
  });
  return { made, logs: logs.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** A log is in its table up to two seconds after its id was made. */
const isThere = (id: string, now: number) =>
  millisecondsOf(id) + (Number.parseInt(id.slice(24, 28), 16) % 2000) <= now;

/** What is stored: the passage, and the rows that were counted with it. */
interface Stored {
  passage: Passage | undefined;
  /** What it was before: a run that has read this one comes too late. */
  older: Passage | undefined;
  counted: string[];
  lanes: number;
}

/** One step from what was read, and the rows that it looked at. */
function stepFrom(read: Passage, logs: readonly Logged[], now: number) {
  const { take, step } = stepper(read);
  const { from, to } = stretchOf(read, now);
  const inside = (at: number) => at >= from && at <= to;
  const within = logs.filter(({ id }) => inside(millisecondsOf(id)) && isThere(id, now));
  within.every(take);
  const binned = step.logs.flatMap((one) =>
    rowsLeft(read, one).map(
      (row): Binned => ({ id: rowId(one.id, row), bins: one.stored ? Uint8Array.of(row % 3) : null }),
    ),
  );
  return { whole: step.whole, binned, next: passed(read, step, binned, now) };
}

/** Written if nobody has made this step before. */
function save(stored: Stored, { binned, next }: ReturnType<typeof stepFrom>): boolean {
  if (next.passage.n !== (stored.passage?.n ?? 0) + 1) return false;
  stored.older = stored.passage;
  stored.passage = next.passage;
  stored.counted.push(...binned.filter(({ bins }) => bins).map(({ id }) => id));
  stored.lanes += next.lanes.reduce((sum, { sums }) => sum + sums.binned, 0);
  return true;
}

/** One run: it may have read what is not so any more, and stop before any of its writes. */
function run(stored: Stored, logs: readonly Logged[], now: number, after: string, random: () => number) {
  let read = random() < 0.3 ? stored.older : stored.passage;
  for (let tried = 0; tried < 20; tried++) {
    read ??= begun(after, now);
    if (read.done || random() < 0.2) return;
    const made = stepFrom(read, logs, now);
    if (save(stored, made) && made.whole) return;
    read = stored.passage;
  }
}

test('wherever runs stop and whoever runs beside them, every row after the first 1,000 counts exactly once', () => {
  let enough = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = chance(seed);
      const { made, logs } = traffic(random);
      const first = firstOf(logs.filter(({ id }) => millisecondsOf(id) <= made - 2 * second));
      if (!first) return;
      enough++;
      const stored: Stored = { passage: undefined, older: undefined, counted: [], lanes: 0 };
      let now = made;
      for (let runs = below(random, 12); runs > 0; runs--) {
        now += below(random, 10_000);
        run(stored, logs, now, first.after, random);
      }
      for (now += 3700 * second; !stored.passage?.done; now += second)
        run(stored, logs, now, first.after, random);
      const after = logs.flatMap((log) =>
        rowsLeft({ ...begun(first.after, 0) }, log).map((row) => ({ log, id: rowId(log.id, row) })),
      );
      expect(stored.counted.toSorted()).toEqual(after.filter(({ log }) => log.stored).map(({ id }) => id));
      expect(stored.lanes).toBe(stored.counted.length);
      expect(stored.passage.left_out).toBe(after.filter(({ log }) => !log.stored).length);
      const rows = rowsOf(first.taken.map(({ log, rows }) => ({ ...log, rows })));
      expect(rows).toHaveLength(baselineRows);
      const counted = new Set(stored.counted);
      expect(rows.filter((id) => counted.has(id))).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(enough).toBeGreaterThan(60);
});
