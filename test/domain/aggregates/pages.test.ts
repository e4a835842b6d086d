import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorAfter, cutAfter, isValid, planAfter } from '../../../domain/aggregates/cursor.ts';
import { cut, type PageOf, plan } from '../../../domain/aggregates/pages.ts';
import { noAnswers, type Place } from '../../../domain/aggregates/requests.ts';
import { idAt, rowId } from '../../../domain/id.ts';
import { isEmpty, logId } from '../../../domain/log.ts';
import { below, chance, hour, noon, second, seeds } from './samples.ts';
import { bruteForce, drive, momentOf, type World, worldOf } from './world.ts';

const read = (world: World, page: PageOf) => {
  const answers = noAnswers<Place>();
  const sent = drive(world, answers, (known) => plan(page, known));
  const { total, rows } = cut(page, answers);
  return { total, rows: rows.map(({ item, row }) => rowId(item.id, row)), ...sent };
};

const pageOf = (world: World, random: () => number): PageOf => {
  const wide = random() < 0.3;
  const times = [momentOf(world, random), momentOf(world, random)].toSorted((a, b) => a - b);
  return {
    since: wide ? world.now - 6 * hour : (times[0] ?? 0),
    until: wide ? world.now + 2000 : (times[1] ?? 0),
    now: world.now,
    shards: world.shards,
    limit: 1 + below(random, 30),
    offset: random() < 0.3 ? 0 : below(random, 90),
  };
};

test('any page of any window is that of a list of all rows, and its total as well', () => {
  let [pages, deepest] = [0, 0];
  const check = (world: World, page: PageOf) => {
    const { rounds, requests, ...found } = read(world, page);
    expect(found).toEqual(bruteForce(world, page));
    pages++;
    if (world.torn.size === 0) deepest = Math.max(deepest, rounds);
  };
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = chance(seed);
      const world = worldOf(seed);
      const some = Array.from({ length: 4 }, () => pageOf(world, random));
      for (const page of some.filter((one) => !isEmpty(one))) check(world, page);
    }),
    { numRuns: 400 },
  );
  expect(pages).toBeGreaterThan(800);
  expect(deepest).toBeLessThanOrEqual(5);
});

test('a log from the spool is not of the total before it is folded, and the page is still one of real rows', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = chance(seed);
      const { logs, ...world } = worldOf(seed);
      const spooled = logs
        .slice(0, 3)
        .map(({ id, rows }) => ({ id: id.replace(/.{4}000$/, 'ffff000'), rows }));
      const all = { ...world, logs, late: spooled };
      const page = { ...pageOf(all, random), since: world.now - 6 * hour, until: world.now + 2000 };
      const found = read(all, page);
      const before = bruteForce({ ...world, logs }, page);
      const after = bruteForce(
        { ...world, logs: [...logs, ...spooled] },
        { ...page, offset: 0, limit: 1000 },
      );
      expect(found.total).toBe(before.total);
      expect(found.rows).toHaveLength(before.rows.length);
      expect(found.rows).toEqual(after.rows.filter((id) => found.rows.includes(id)));
    }),
  );
});

test('cursors lead through all rows of a window, each once, however many came since', () => {
  let pages = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = chance(seed);
      const { late, ...rest } = worldOf(seed);
      const newest =
        rest.logs
          .map(({ id }) => id)
          .toSorted()
          .at(-1) ?? '';
      const world = { ...rest, late: late.filter(({ id }) => id > newest) };
      const page = { ...pageOf(world, random), deployment_id: 'd', offset: 0 };
      if (isEmpty(page)) return;
      const answers = noAnswers<Place>();
      drive(world, answers, (known) => plan(page, known));
      let found = cut(page, answers);
      const rows = [...found.rows];
      for (let cursor = cursorAfter(page, found); cursor; pages++) {
        const next = { ...page, ...cursor };
        const fresh = noAnswers<Place>();
        drive(world, fresh, (known) => planAfter(next, known));
        found = { total: cursor.total, rows: cutAfter(next, fresh) };
        rows.push(...found.rows);
        cursor = cursorAfter(next, found);
      }
      const all = bruteForce(world, { ...page, limit: 1000 });
      expect(rows.map(({ item, row }) => rowId(item.id, row))).toEqual(all.rows);
      expect(found.total).toBe(all.total);
    }),
    { numRuns: 200 },
  );
  expect(pages).toBeGreaterThan(200);
});

test('a cursor costs one round trip where its hour holds the page, and nothing is counted', () => {
  const now = noon + hour / 2;
  const logs = Array.from({ length: 40 }, (_, i) => ({
    id: logId(idAt(noon + i * second, new Uint8Array(10))),
    rows: 2,
  }));
  const none = { late: [], partitions: [], open: new Set<number>(), torn: new Set<number>() };
  const world = { now, shards: 1, logs, closed: new Map<number, number>(), ...none };
  const page = {
    since: now - hour,
    until: now + 1,
    now,
    shards: 1,
    limit: 7,
    after: rowId(logs[20]?.id ?? '', 1),
  };
  const answers = noAnswers<Place>();
  expect(drive(world, answers, (known) => planAfter(page, known))).toEqual({ rounds: 1, requests: 1 });
  const rows = cutAfter(page, answers).map(({ item, row }) => [logs.indexOf(item), row]);
  expect(rows).toEqual([
    [20, 0],
    [19, 1],
    [19, 0],
    [18, 1],
    [18, 0],
    [17, 1],
    [17, 0],
  ]);
});

test('a cursor is good for its deployment and for an hour', () => {
  const item = { id: '01a1fe1e-7b55-7481-ad49-69cfbd633000', rows: 3 };
  const page = { deployment_id: 'd', since: 1, until: 9, offset: 10, now: 1000 };
  const cursor = cursorAfter(page, { total: 12, rows: [{ item, row: 2 }] });
  if (!cursor) throw new Error('no cursor');
  expect(cursor).toMatchObject({ after: '01a1fe1e-7b55-7481-ad49-69cfbd633002', offset: 11, total: 12 });
  expect(isValid(cursor, { deployment_id: 'd', now: 1000 + hour - 1 })).toBe(true);
  expect(isValid(cursor, { deployment_id: 'd', now: 1000 + hour })).toBe(false);
  expect(isValid(cursor, { deployment_id: 'e', now: 1000 })).toBe(false);
  expect(cursorAfter(page, { total: 11, rows: [{ item, row: 2 }] })).toBeNull();
  expect(cursorAfter(page, { total: 11, rows: [] })).toBeNull();
});
