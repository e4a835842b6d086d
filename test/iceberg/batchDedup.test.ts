import { afterEach, beforeEach, expect, test } from 'vitest';
import { committedRun } from '../../functions/kit/batch/run/commit.ts';
import { scoredPart } from '../../functions/kit/batch/run/part.ts';
import { plannedRun } from '../../functions/kit/batch/run/planning.ts';
import { churn, customersTable, small } from './support/churn.ts';
import {
  definition,
  nameOf,
  type RunWorld,
  runAll,
  runOf,
  runWorld,
  source,
  target,
} from './support/runWorld.ts';

let it: RunWorld;
const [from, to] = [nameOf(source), nameOf(target)];
const dedup = { ...definition, rerun_behavior: 'append_dedup' as const };
beforeEach(async () => {
  it = await runWorld();
  await it.world.catalog.create(from, customersTable);
});
afterEach(() => it[Symbol.asyncDispose]());

const score = (name: string, limits?: typeof small, slot?: string) => {
  const run = runOf(name, slot);
  return runAll(it.of(run, churn), run, { asked: dedup, limits });
};
const rowsOf = (ids: string, spent = '1.5') =>
  `SELECT CAST(i AS BIGINT) AS id, CAST(30 AS INTEGER) AS age, CAST(${spent} AS DOUBLE) AS spent FROM (${ids}) t(i)`;
const ids = async () =>
  (await it.rows(to)).map(({ id }) => id).sort((a, b) => Number(a ?? -1) - Number(b ?? -1));
const distinct = async () => new Set(await ids()).size;

test('the first row of each key is scored, and NULL is a key', async () => {
  await it.append(
    from,
    rowsOf('SELECT unnest([1, 2, NULL, 2, NULL])', '0'),
    rowsOf('SELECT unnest([3, 1, NULL])', '100'),
  );
  expect(await score('a')).toMatchObject({ committed: { rows_scored: 4 } });
  expect((await ids()).map((id) => (id === null ? null : Number(id)))).toEqual([null, 1, 2, 3]);
  const rows = await it.rows(to);
  expect(rows.find(({ id }) => id === 1n)?.prediction).toBe('yes');
  expect(rows.find(({ id }) => id === 3n)?.prediction).toBe('no');
});

test('another run of a slot adds only what is missing, and leaves what is there as it is', async () => {
  await it.append(from, rowsOf('SELECT unnest([1, 2, NULL])', '0'));
  await score('a');
  await it.append(from, rowsOf('SELECT unnest([2, 5, NULL])', '100'));
  expect(await score('b')).toMatchObject({ committed: { rows_scored: 1 } });
  expect(await it.rows(to)).toHaveLength(4);
  expect(
    (await it.rows(to)).filter(({ run_id }) => run_id === runOf('b').run_id).map(({ id }) => id),
  ).toEqual([5n]);
  expect(await score('c')).toMatchObject({ committed: { rows_scored: 0 } });
  expect(await score('d', undefined, '2026-11-20T07:00:00Z')).toMatchObject({
    committed: { rows_scored: 4 },
  });
});

test('of one key in several parts the first row stays', async () => {
  await it.append(
    from,
    rowsOf('SELECT * FROM range(0, 5000)', '0'),
    rowsOf('SELECT * FROM range(4000, 7000)', '100'),
  );
  const done = await score('a', small);
  expect(done.plan.parts.count).toBeGreaterThan(1);
  expect(done).toMatchObject({ committed: { rows_scored: 7_000 } });
  const rows = await it.rows(to);
  expect([rows.length, await distinct()]).toEqual([7_000, 7_000]);
  expect(rows.filter(({ prediction }) => prediction === 'yes')).toHaveLength(5_000);
});

test('what a rival commits between plan and commit is not there twice', async () => {
  await it.append(from, rowsOf('SELECT * FROM range(0, 5000)'));
  const first = runOf('a');
  const world = it.of(first, churn);
  const scored = { id: 'm', version: '3', sha256: '' };
  const plan = await plannedRun(world, first, { definition: dedup, scored, limits: small });
  for (let part = 0; part < plan.parts.count; part++)
    expect(await scoredPart(world, first, plan, part)).toEqual({});
  await it.append(from, rowsOf('SELECT * FROM range(5000, 5500)'));
  expect(await score('b')).toMatchObject({ committed: { rows_scored: 5_500 } });
  expect(await committedRun(world, first, plan)).toMatchObject({ committed: { rows_scored: 0 } });
  expect([(await it.rows(to)).length, await distinct()]).toEqual([5_500, 5_500]);
});
