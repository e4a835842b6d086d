import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hour, startOf } from '../../../domain/aggregates/time.ts';
import { idAt, millisecondsOf } from '../../../domain/id.ts';
import { logId } from '../../../domain/log.ts';
import {
  type Actual,
  type Answered,
  type Change,
  mostCounters,
  type Reported,
  reported,
  sumsOf,
  transactions,
} from '../../../domain/quality/actuals.ts';
import { type Judge, judgeOf, readActual } from '../../../domain/quality/judge.ts';
import { add, none, type Sums } from '../../../domain/quality/sums.ts';

const noon = Date.UTC(2026, 5, 15, 12);
const judge: Judge = { by: 'labels', classes: ['no', 'yes'], positive: 'yes' };
const log = (n: number, rows: number, more: Partial<Answered> = {}): Answered => ({
  id: logId(idAt(noon + n * 0.4 * hour, Buffer.alloc(10, n))),
  predictions: Array.from({ length: rows }, (_, row) => (row % 2 ? 'yes' : 'no')),
  probabilities: Array.from({ length: rows }, (_, row) => [0.9 - row / 10, 0.1 + row / 10]),
  actuals: new Map(),
  ...more,
});
const hourOf = (id: string) => startOf(hour, millisecondsOf(id));

/** The tables, as far as labels go. */
interface Store {
  logs: Map<string, { answered: Answered; writes: number }>;
  hours: Map<number, Sums>;
}
type Wanted = { log: number; report: Reported };

/** One who reports: he stops where others may come in between, and wherever he may die. */
function* reporter(store: Store, ids: string[], wanted: readonly Wanted[], now: number): Generator<void> {
  let pending = byLog(ids, wanted);
  while (pending.size > 0) {
    const changed = [...pending]
      .map(([id, reports]) => ({ id, reports, ...storedIn(store, id) }))
      .map((one) => ({ ...one, change: reported(judge, one.answered, one.reports, now) }))
      .filter(({ change }) => change.changed);
    yield;
    const left = new Map(changed.map(({ id, reports }) => [id, reports]));
    for (const group of transactions(changed, hourOf)) {
      yield;
      if (save(store, group)) for (const { id, change } of group.logs) left.set(id, change.left);
    }
    pending = new Map([...left].filter(([, reports]) => reports.length > 0));
  }
}

/** Of a row that is named twice the last word. */
function byLog(ids: string[], wanted: readonly Wanted[]) {
  const pending = new Map<string, Reported[]>();
  for (const { log, report } of wanted) {
    const id = ids[log] as string;
    pending.set(id, [...(pending.get(id) ?? []).filter(({ row }) => row !== report.row), report]);
  }
  return pending;
}

type Changed = { id: string; answered: Answered; writes: number; change: Change };

/** All or nothing, if all is as it was read. */
function save(store: Store, { logs, hours }: { logs: Changed[]; hours: Map<number, Sums> }): boolean {
  if (!logs.every(({ id, writes }) => storedIn(store, id).writes === writes)) return false;
  for (const { id, writes, answered, change } of logs)
    store.logs.set(id, { answered: { ...answered, actuals: change.actuals }, writes: writes + 1 });
  for (const [of, sums] of hours) store.hours.set(of, add(store.hours.get(of) ?? none, sums));
  return true;
}

function storedIn({ logs }: Store, id: string) {
  const found = logs.get(id);
  if (!found) throw new Error('there is no such log');
  return found;
}

/** What the counters have to be: those of the labels that are there now. */
function recount({ logs }: Store): Map<number, Sums> {
  const hours = new Map<number, Sums>();
  for (const { answered } of logs.values())
    for (const [row, actual] of answered.actuals) {
      const of = hourOf(answered.id);
      hours.set(of, add(hours.get(of) ?? none, sumsOf(judge, answered, row, actual)));
    }
  return hours;
}
const counters = (hours: ReadonlyMap<number, Sums>) =>
  new Map([...hours].filter(([, sums]) => sums.size > 0).toSorted(([a], [b]) => a - b));

const anyReport = fc.record({
  log: fc.nat({ max: 4 }),
  report: fc.record({
    row: fc.nat({ max: 2 }),
    value: fc.constantFrom('yes', 'no', 'maybe'),
    observedAt: fc.option(fc.integer({ min: noon - hour, max: noon + 900 * hour }), { nil: undefined }),
  }),
});
const plan = fc.record({
  reports: fc.array(fc.array(anyReport, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
  /** Who goes on, and whether he dies there. */
  steps: fc.array(fc.record({ who: fc.nat({ max: 3 }), dies: fc.boolean() }), { maxLength: 30 }),
});

const finish = (reporter: Generator<void>) => {
  while (!reporter.next().done);
};
const areEqual = (store: Store) => expect(counters(store.hours)).toEqual(counters(recount(store)));

test('whoever reports, repeats, corrects, dies or comes in between: counters are those of the labels that are kept', () => {
  fc.assert(
    fc.property(plan, ({ reports, steps }) => {
      const all = [0, 1, 2, 3, 4].map((n) => log(n, 3));
      const ids = all.map(({ id }) => id);
      const logs = new Map(all.map((answered) => [answered.id, { answered, writes: 0 }]));
      const store: Store = { logs, hours: new Map() };
      const begin = (at: number) => reporter(store, ids, reports[at] ?? [], noon + (at + 2) * hour);
      const alive = reports.map((_, at) => begin(at));
      for (const { who, dies } of steps) {
        const at = who % alive.length;
        if (dies || alive[at]?.next().done) alive[at] = begin(at);
        areEqual(store);
      }
      for (const one of alive) finish(one);
      areEqual(store);
      // All is reported by now; the last report again settles its rows, and once more changes nothing.
      finish(begin(reports.length - 1));
      const settled = structuredClone(store.hours);
      finish(begin(reports.length - 1));
      expect(store.hours).toEqual(settled);
      const rows = new Set(reports.flat().map(({ log: n, report }) => `${n} ${report.row}`));
      const labels = [...store.logs.values()].reduce((sum, { answered }) => sum + answered.actuals.size, 0);
      expect(labels).toBe(rows.size);
    }),
    { numRuns: 300 },
  );
});

describe('a report', () => {
  const known = new Map<number, Actual>([[0, { value: 'yes', lagSeconds: 60 }]]);
  const labelled = log(0, 2, { actuals: known });

  test('that repeats what is known changes nothing, however late it comes', () => {
    const { changed, sums } = reported(judge, labelled, [{ row: 0, value: 'yes' }], noon + 99 * hour);
    expect([changed, sums.size]).toEqual([false, 0]);
  });

  test('that repeats it with another time corrects the delay', () => {
    const observedAt = noon + 2 * hour;
    const { actuals, sums } = reported(judge, labelled, [{ row: 0, value: 'yes', observedAt }], noon);
    expect(actuals.get(0)).toEqual({ value: 'yes', lagSeconds: 7200 });
    expect([...sums.values()].toSorted()).toEqual([-1n, 1n]);
  });

  test('of an unknown label in place of another is kept, though no counter changes', () => {
    const odd = log(0, 1, { actuals: new Map([[0, { value: 'a', lagSeconds: 3600 }]]) });
    const change = reported(judge, odd, [{ row: 0, value: 'b' }], noon + hour);
    expect([change.changed, change.sums.size, change.actuals.get(0)?.value]).toEqual([true, 0, 'b']);
  });

  test('from before its prediction is no delay', () => {
    const { actuals } = reported(judge, log(0, 1), [{ row: 0, value: 'yes', observedAt: noon - hour }], noon);
    expect(actuals.get(0)).toEqual({ value: 'yes', lagSeconds: 0 });
  });

  test('with more counters than a transaction has room for is kept in parts, none of them lost', () => {
    const classes = Array.from({ length: 40 }, (_, i) => `class ${i}`);
    const many: Judge = { by: 'labels', classes };
    const predictions = Array.from({ length: 1000 }, (_, i) => classes[i % 40] as string);
    let all = log(0, 1, { predictions, probabilities: undefined });
    let left: Reported[] = predictions.map((_, row) => ({
      row,
      value: classes[((row * 7 + row / 40) % 40) | 0] ?? '',
    }));
    let sums = none;
    let parts = 0;
    for (; left.length > 0; parts++) {
      const change = reported(many, all, left, noon + hour);
      expect(change.sums.size).toBeLessThanOrEqual(mostCounters);
      all = { ...all, actuals: change.actuals };
      sums = add(sums, change.sums);
      left = change.left;
    }
    expect([parts > 1, all.actuals.size, sums.get('labels')]).toEqual([true, 1000, 1000n]);
  });
});

test('a transaction holds at most a hundred items, and the counters of an hour fit into its expression', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 300 }), { minLength: 200, maxLength: 300 }), (hoursAgo) => {
      const changed = hoursAgo.map((ago, i) => ({
        id: logId(idAt(noon - ago * hour, Buffer.from(String(i).padStart(10, '0')))),
        change: reported(
          judge,
          log(0, 1),
          [{ row: 0, value: 'yes', observedAt: noon + 1.15 ** (i % 131) * 1000 }],
          noon,
        ),
      }));
      const groups = transactions(changed, hourOf);
      expect(groups.flatMap(({ logs }) => logs.map(({ id }) => id)).toSorted()).toEqual(
        changed.map(({ id }) => id).toSorted(),
      );
      for (const { logs, hours } of groups) {
        expect(logs.length + hours.size).toBeLessThanOrEqual(100);
        for (const sums of hours.values()) expect(sums.size).toBeLessThanOrEqual(mostCounters);
        expect([...hours.keys()].toSorted()).toEqual(
          [...new Set(logs.map(({ id }) => hourOf(id)))].toSorted(),
        );
      }
    }),
    { numRuns: 20 },
  );
});

describe('a model judges', () => {
  const probe = (prediction: string | number) => ({ values: [], prediction });
  test.each([
    [
      'two classes',
      { probe: probe('b'), classes: ['a', 'b'], schema: null },
      { by: 'labels', classes: ['a', 'b'], positive: 'b' },
    ],
    [
      'three classes',
      { probe: probe('b'), classes: ['a', 'b', 'c'], schema: null },
      { by: 'labels', classes: ['a', 'b', 'c'] },
    ],
    [
      'labels of classes that were not kept',
      { probe: probe('b'), classes: null, schema: null },
      { by: 'labels', classes: [] },
    ],
    ['numbers', { probe: probe(1), classes: null, schema: null }, { by: 'errors' }],
    [
      'anomalies',
      { probe: probe(1), classes: null, schema: { features: [], problem_type: 'anomaly' as const } },
      { by: 'nothing' },
    ],
  ])('%s', (_, model, judge) => expect(judgeOf(model)).toEqual(judge));

  test.each<[Judge, string | number, string | number | undefined]>([
    [{ by: 'labels', classes: ['0', '1'] }, 1, '1'],
    [{ by: 'labels', classes: [] }, 1, '1'],
    [{ by: 'errors' }, 1.5, 1.5],
    [{ by: 'errors' }, ' -1.5e3 ', -1500],
    [{ by: 'errors' }, 'many', undefined],
    [{ by: 'errors' }, '', undefined],
    [{ by: 'errors' }, '0x10', undefined],
    [{ by: 'errors' }, '1e999', undefined],
    [{ by: 'nothing' }, 'odd', 'odd'],
  ])('%j takes %j for %j', (by, actual, value) => expect(readActual(by, actual)).toBe(value));
});
