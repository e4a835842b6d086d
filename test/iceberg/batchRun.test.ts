import { afterEach, beforeEach, expect, test } from 'vitest';

import { plannedRun } from '../../functions/kit/batch/run/planning.ts';

import { newTarget } from '../../iceberg/createTable.ts';
import { answers, byId, churn, customers, customersTable, predicted, small } from './support/churn.ts';
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
beforeEach(async () => {
  it = await runWorld();
  await it.world.catalog.create(from, customersTable);
});
afterEach(() => it[Symbol.asyncDispose]());

const score = (name: string, slot?: string, more: Parameters<typeof runAll>[2] = {}) => {
  const run = runOf(name, slot);
  return runAll(it.of(run, churn), run, more);
};
const snapshots = async () => (await it.world.catalog.load(to))?.metadata.snapshots.length;
const slots = async () => {
  const rows = await it.rows(to);
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ scored_at }) => String(scored_at).slice(0, 16))]
      .sort()
      .map(([slot, of]) => [slot, of.length]),
  );
};

test('a run writes one row for each row of the source, with the answers of predictions one by one', async () => {
  await it.append(from, customers(0, 5_000), customers(5_000, 6_000));
  const done = await score('a');
  expect(done).toMatchObject({
    committed: { rows_scored: 6_000, target_snapshot_id: expect.stringMatching(/^\d+$/) },
  });
  const rows = await it.rows(to);
  expect(answers(rows)).toEqual(predicted(await it.rows(from)));
  expect(new Set(rows.map((row) => `${row.model_version} ${row.run_id} ${row.scored_at}`))).toEqual(
    new Set([`3 ${runOf('a').run_id} 2026-11-20 06:00:00+00`]),
  );
});

test('many parts with ranges of a big file give the same rows as one part', async () => {
  await it.append(from, customers(0, 9_000), customers(9_000, 9_500));
  const done = await score('a', undefined, { limits: small });
  expect(done.plan.parts.count).toBeGreaterThan(3);
  expect(done).toMatchObject({ committed: { rows_scored: 9_500 } });
  expect(answers(await it.rows(to))).toEqual(predicted(await it.rows(from)));
});

test('only rows that pass the filter are scored, the clock of the filter being that of the slot', async () => {
  await it.append(from, customers(0, 3_000));
  const filter_sql = "age > 30 and spent < 20 and now() = timestamptz '2026-11-20 06:00:00+00'";
  const asked = { ...definition, source: { ...source, filter_sql } };
  const done = await score('a', undefined, { asked });
  const kept = (await it.rows(from)).filter(({ age, spent }) => Number(age) > 30 && Number(spent) < 20);
  expect(done).toMatchObject({ committed: { rows_scored: kept.length } });
  expect(answers(await it.rows(to))).toEqual(predicted(kept));
});

test('another run of a slot replaces its rows and no others', async () => {
  await it.append(from, customers(0, 100));
  await score('a');
  await score('b', '2026-11-20T07:00:00Z');
  await it.append(from, customers(100, 130));
  await score('c');
  expect(await slots()).toEqual({ '2026-11-20 06:00': 130, '2026-11-20 07:00': 100 });
  await score('d');
  expect(await slots()).toEqual({ '2026-11-20 06:00': 130, '2026-11-20 07:00': 100 });
});

test('rows of the slot in a file that holds others too go by position, once', async () => {
  await it.world.catalog.create(
    to,
    newTarget({
      entity: [{ name: 'id', type: { type: 'long' } }],
      outputs: [{ name: 'prediction', type: { type: 'string' } }],
      partition: 'day',
    }),
  );
  const row = (id: number, hour: number) =>
    `SELECT CAST(${id} AS BIGINT) AS id, 'x' AS prediction, 'm' AS model_version, 'r' AS run_id, TIMESTAMPTZ '2026-11-20 0${hour}:00:00+00' AS scored_at`;
  await it.append(to, `${row(1, 6)} UNION ALL ${row(2, 7)} UNION ALL ${row(3, 6)}`);
  await it.append(from, customers(10, 15));
  await score('a');
  expect(byId(await it.rows(to)).map(({ id }) => Number(id))).toEqual([2, 10, 11, 12, 13, 14]);
  const before = await snapshots();
  await score('b', '2026-11-20T05:00:00Z', {
    asked: { ...definition, source: { ...source, filter_sql: 'id < 0' } },
  });
  expect(await snapshots()).toBe(before);
});

test('a run without rows takes away what its slot held, and a commit that changes nothing is not made', async () => {
  await it.append(from, customers(0, 50));
  await score('a');
  const none = { asked: { ...definition, source: { ...source, filter_sql: 'id < 0' } } };
  const done = await score('b', undefined, none);
  expect(done).toMatchObject({ committed: { rows_scored: 0 } });
  expect(await it.rows(to)).toEqual([]);
  const before = await snapshots();
  expect(await score('c', undefined, none)).toMatchObject({ committed: { rows_scored: 0 } });
  expect(await snapshots()).toBe(before);
});

test('a pinned snapshot is what is scored, and what came later is not', async () => {
  await it.append(from, customers(0, 20));
  const pinned = String((await it.world.catalog.load(from))?.metadata.currentSnapshotId);
  await it.append(from, customers(20, 40));
  await score('a', undefined, { asked: { ...definition, source: { ...source, snapshot_id: pinned } } });
  expect(await it.rows(to)).toHaveLength(20);
});

test('a plan is made once: every later attempt sees the source as the first did', async () => {
  await it.append(from, customers(0, 20));
  const run = runOf('a');
  const asked = { definition, scored: { id: 'm', version: '3', sha256: '' } };
  const plan = await plannedRun(it.of(run, churn), run, asked);
  await it.append(from, customers(20, 40));
  expect(await plannedRun(it.of(run, churn), run, asked)).toEqual(plan);
  await runAll(it.of(run, churn), run);
  expect(await it.rows(to)).toHaveLength(20);
});
