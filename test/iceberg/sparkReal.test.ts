import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordedJob } from '../../functions/kit/batch/run/recording.ts';
import { distance } from '../scoring/goldens.ts';
import { irOf, linearOf } from '../scoring/irs.ts';
import { answers, churn, customers, customersTable, predicted } from './support/churn.ts';
import {
  modelOf,
  nameOf,
  plainTable,
  type RunWorld,
  runAll,
  runOf,
  runWorld,
  source,
  target,
} from './support/runWorld.ts';
import {
  churnJob,
  filter,
  haveSpark,
  onSpark,
  plannedJob,
  runJob,
  sparkWorldOf,
} from './support/sparkRun.ts';

let it: RunWorld;
const [from, to] = [nameOf(source), nameOf(target)];
beforeEach(async () => {
  it = await runWorld();
  await it.world.catalog.create(from, customersTable);
});
afterEach(() => it[Symbol.asyncDispose]());

const jobOf = (name: string, more?: Parameters<typeof onSpark>[0]) => churnJob(it, name, more);

type Rows = readonly Record<string, unknown>[];
/** Two exponentials may differ in their last bit. */
function expectSame(theirs: Rows, own: Rows) {
  const shares = (rows: Rows) => answers(rows).map((one) => [one.probability_no, one.probability_yes]);
  const labels = (rows: Rows) => answers(rows).map(({ id, prediction }) => [id, prediction]);
  expect(labels(theirs)).toEqual(labels(own));
  expect(distance(shares(theirs).flat() as number[], shares(own).flat() as number[])).toBeLessThan(1e-13);
}
const snapshots = async () => (await it.world.catalog.load(to))?.metadata.snapshots ?? [];
const committed = (rows_scored: number) => ({ committed: { rows_scored } });

// Every start of Spark takes a quarter of a minute.
describe.skipIf(!haveSpark)('the job as it is deployed', { timeout: 900_000 }, () => {
  test('scores what our own engine would, once however often it is started, and replaces by value', async () => {
    await it.append(from, customers(0, 1_000), customers(1_000, 1_500));
    const asked = { source: { ...source, filter_sql: filter } };
    const { run, world, plan, address } = await jobOf('a', asked);
    expect(await runJob(address)).toMatchObject({ status: 0 });
    const ours = runOf('b');
    const beside = { ...target, table: 'beside' };
    await runAll(it.of(ours, churn), ours, {
      asked: onSpark({ ...asked, target: beside, engine: 'lambda' }),
    });
    const own = await it.rows(nameOf(beside));
    expect(own.length).toBeGreaterThan(300);
    expectSame(await it.rows(to), own);
    expect(await recordedJob(world, run, plan)).toMatchObject(committed(own.length));
    const [first] = await snapshots();
    expect(first?.summary).toMatchObject({
      'slipway.run-id': run.run_id,
      'slipway.model-version': '3',
      'slipway.source-snapshot': plan.source.snapshot_id,
    });

    expect(await runJob(address)).toMatchObject({ status: 0 });
    expect(await snapshots()).toHaveLength(1);

    const again = await jobOf('c', { source: { ...source, filter_sql: 'id < 10' } });
    expect(await runJob(again.address)).toMatchObject({ status: 0 });
    expect((await it.rows(to)).map(({ id }) => Number(id)).toSorted()).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    const none = await jobOf('d', { source: { ...source, filter_sql: 'id < 0' } });
    expect(await runJob(none.address)).toMatchObject({ status: 0 });
    expect(await it.rows(to)).toEqual([]);
    expect(await snapshots()).toHaveLength(3);
    const still = await jobOf('e', { source: { ...source, filter_sql: 'id < 0' } });
    expect(await runJob(still.address)).toMatchObject({ status: 0 });
    expect(await snapshots()).toHaveLength(3);
    expect(await recordedJob(still.world, still.run, still.plan)).toMatchObject(committed(0));
  });

  test('adds only what is missing where duplicates are left out', async () => {
    await it.append(from, customers(0, 50), customers(40, 60));
    const dedup = { rerun_behavior: 'append_dedup' as const };
    const first = await jobOf('a', { ...dedup, source: { ...source, filter_sql: 'id < 30' } });
    expect(await runJob(first.address)).toMatchObject({ status: 0 });
    expect(await recordedJob(first.world, first.run, first.plan)).toMatchObject(committed(30));
    const again = await jobOf('b', dedup);
    expect(await runJob(again.address)).toMatchObject({ status: 0 });
    expect(await recordedJob(again.world, again.run, again.plan)).toMatchObject(committed(30));
    const rows = await it.rows(to);
    expect(rows).toHaveLength(60);
    expectSame(rows, predicted([...new Map((await it.rows(from)).map((row) => [row.id, row])).values()]));
    expect(new Set(rows.map(({ run_id }) => run_id)).size).toBe(2);
  });

  test('reads columns of every type as our own engine does, and replaces the values of an entity column', async () => {
    const typed = {
      i: 'int',
      l: 'long',
      f: 'float',
      d: 'double',
      n: 'decimal(9, 2)',
      b: 'boolean',
      t: 'string',
    };
    const moments = { day: 'date', tz: 'timestamptz', ts: 'timestamp', num: 'string', yes: 'boolean' };
    const table = { namespace: ['crm'], name: 'typed' };
    await it.world.catalog.create(table, plainTable({ region: 'string', ...typed, ...moments }));
    await it.append(
      table,
      `SELECT CASE WHEN i % 5 = 0 THEN NULL ELSE 'r' || (i % 3) END AS region, CAST(i AS INTEGER) AS i, CAST(i * 1000 AS BIGINT) AS l,
        CAST(i / 7 AS FLOAT) AS f, CASE WHEN i % 4 = 0 THEN NULL ELSE i / 3 END AS d, CAST(i / 8 AS DECIMAL(9, 2)) AS n,
        i % 2 = 0 AS b, CASE i % 4 WHEN 0 THEN 'x' WHEN 1 THEN 'TRUE' WHEN 2 THEN '' ELSE 'never' END AS t,
        DATE '2026-01-01' + CAST(i AS INTEGER) AS "day", TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_seconds(i) AS tz,
        TIMESTAMP '1969-12-31 23:59:59.5' + to_seconds(i) AS ts, CASE i % 3 WHEN 0 THEN ' 1e2 ' WHEN 1 THEN '' ELSE '-.5' END AS num,
        i % 3 = 0 AS yes FROM range(40) t(i)`,
    );
    const plain = ['i', 'l', 'f', 'd', 'n', 'b', 'day', 'tz', 'ts', 'num'];
    const ir = irOf({
      features: [
        ...plain.map((name) => ({ name, kind: 'number' as const })),
        { name: 't', kind: 'category', levels: ['x', 'true'] },
        { name: 'yes', kind: 'category', levels: ['false', 'true'] },
      ],
      core: linearOf(
        plain.concat('t', 'yes').map((_, i) => 1 / (i + 1) ** 2),
        [0.5],
      ),
    });
    const model = modelOf(ir);
    const asked = {
      source: {
        ...source,
        table: 'typed',
        filter_sql: 'tz < now() and (n >= 1.5 or i in (1, 2)) and "day" <> date \'2026-01-09\'',
      },
      entity_columns: ['region', 'n', 'tz', 'day'],
      partition_column: 'region',
    };
    const run = runOf('a');
    const world = sparkWorldOf(it, run, model, ir);
    const { plan, address } = await plannedJob(world, run, onSpark(asked));
    expect(await runJob(address)).toMatchObject({ status: 0 });
    const ours = runOf('b');
    const beside = { ...target, table: 'beside' };
    const done = await runAll(it.of(ours, model), ours, {
      asked: onSpark({ ...asked, target: beside, engine: 'lambda' }),
    });
    expect(done).not.toHaveProperty('reason');
    const shown = (rows: Rows) =>
      rows.map(({ region, n, tz, day }) => [region, n, tz, day].map(String).join()).toSorted();
    const sums = (rows: Rows) =>
      rows
        .toSorted((a, b) => (String(a.tz) < String(b.tz) ? -1 : 1))
        .map(({ prediction }) => Number(prediction));
    const [theirs, own] = [await it.rows(to), await it.rows(nameOf(beside))];
    expect(own.length).toBeGreaterThan(20);
    expect(shown(theirs)).toEqual(shown(own));
    expect(distance(sums(theirs), sums(own))).toBeLessThan(1e-12);
    expect(await recordedJob(world, run, plan)).toMatchObject(committed(own.length));

    const again = runOf('c', '2026-11-21T06:00:00Z');
    const few = { ...asked, source: { ...source, table: 'typed', filter_sql: "region = 'r1'" } };
    const next = await plannedJob(sparkWorldOf(it, again, model, ir), again, onSpark(few));
    expect((await runJob(next.address)).status).not.toBe(0);
    expect(await recordedJob(it.of(again, model), again, next.plan)).toEqual({
      reason: 'the target has files that hold other rows beside those to be replaced',
    });
    expect(await it.rows(to)).toHaveLength(theirs.length);
  });

  test('says why it cannot, and leaves the target as it was', async () => {
    await it.append(
      from,
      customers(1, 20),
      `SELECT CAST(20 AS BIGINT) AS id, 3 AS age, CAST('inf' AS DOUBLE) AS spent`,
    );
    const { run, world, plan, address } = await jobOf('a');
    expect((await runJob(address)).status).not.toBe(0);
    const { reason } = (await recordedJob(world, run, plan)) as { reason: string };
    expect(reason).toMatch(
      /^part \d+, after \d+ rows: a row cannot be scored: feature 'spent' is no finite number$/,
    );
    expect(await snapshots()).toEqual([]);
  });
});
