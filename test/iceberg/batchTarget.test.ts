import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Definition } from '../../functions/kit/batch/run/world.ts';

import { churn, customers, customersTable } from './support/churn.ts';
import {
  definition,
  nameOf,
  plainTable,
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
});
afterEach(() => it[Symbol.asyncDispose]());

const score = (name: string, asked: Definition = definition, slot?: string, model = churn) => {
  const run = runOf(name, slot);
  return runAll(it.of(run, model), run, { asked });
};

test('a target that is there gets what it has columns for, a date for the slot among them', async () => {
  await it.world.catalog.create(from, customersTable);
  await it.append(from, customers(1, 40));
  await it.world.catalog.create(
    to,
    plainTable({
      note: 'string',
      PREDICTION: 'string',
      id: 'long',
      scored_at: 'date',
      probability_yes: 'float',
    }),
  );
  expect(await score('a')).toMatchObject({ committed: { rows_scored: 39 } });
  expect(await score('b', definition, '2026-11-20T23:00:00Z')).toMatchObject({
    committed: { rows_scored: 39 },
  });
  const all = await it.rows(to);
  expect(all).toHaveLength(39);
  expect(new Set(all.map(({ note, scored_at }) => `${note} ${scored_at}`)).size).toBe(1);
  expect(await score('c', definition, '2026-11-21T00:00:00Z')).toMatchObject({
    committed: { rows_scored: 39 },
  });
  expect(await it.rows(to)).toHaveLength(78);
});

test('where an entity column is replaced, its values in the output go and all others stay', async () => {
  await it.world.catalog.create(
    from,
    plainTable({ id: 'long', region: 'string', age: 'int', spent: 'double' }),
  );
  const rows = (ids: string, region: string) =>
    `SELECT CAST(i AS BIGINT) AS id, ${region} AS region, 30::INTEGER AS age, 1.5::DOUBLE AS spent FROM ${ids} t(i)`;
  await it.append(
    from,
    rows('range(0, 30)', "CASE i % 3 WHEN 0 THEN 'north' WHEN 1 THEN 'a longer name than bounds hold' END"),
  );
  const asked = { ...definition, entity_columns: ['id', 'region'], partition_column: 'region' };
  const spec = {
    'spec-id': 0,
    fields: [{ 'source-id': 2, 'field-id': 1000, name: 'region', transform: 'identity' }],
  };
  const columns = plainTable({
    id: 'long',
    region: 'string',
    prediction: 'string',
    scored_at: 'timestamptz',
  });
  await it.world.catalog.create(to, { ...columns, 'partition-spec': spec });
  await score('a', asked);
  const filtered = { ...asked, source: { ...source, filter_sql: "region = 'north' and id < 9" } };
  expect(await score('b', filtered, '2026-11-21T06:00:00Z')).toMatchObject({ committed: { rows_scored: 3 } });
  const counts = Map.groupBy(await it.rows(to), ({ region }) => region);
  expect([
    counts.get('north')?.length,
    counts.get('a longer name than bounds hold')?.length,
    counts.get(null)?.length,
  ]).toEqual([3, 10, 10]);
  const files = await it.files(to);
  expect(files.map(({ partition }) => partition[0]).sort()).toEqual([
    'a longer name than bounds hold',
    'north',
    null,
  ]);
  expect(await score('c', { ...asked, source: { ...source, filter_sql: 'id < 0' } })).toMatchObject({
    committed: { rows_scored: 0 },
  });
  expect(await it.rows(to)).toHaveLength(23);
});

test('a row that the model refuses fails the run, says where and tells no value', async () => {
  await it.world.catalog.create(from, customersTable);
  await it.append(
    from,
    customers(0, 10),
    "SELECT 77::BIGINT AS id, 1::INTEGER AS age, CAST('inf' AS DOUBLE) AS spent",
  );
  expect(await score('a')).toMatchObject({
    reason: "part 0, after 10 rows: a row cannot be scored: feature 'spent' is no finite number",
  });
  expect((await it.world.catalog.load(to))?.metadata.snapshots).toEqual([]);
});

test('a filter that fails on a value fails the run and does not tell the value', async () => {
  await it.world.catalog.create(
    from,
    plainTable({ id: 'long', code: 'string', age: 'int', spent: 'double' }),
  );
  await it.append(from, "SELECT 1::BIGINT AS id, 'secret' AS code, 1::INTEGER AS age, 1::DOUBLE AS spent");
  const done = await score('a', {
    ...definition,
    source: { ...source, filter_sql: 'cast(code as integer) > 3' },
  });
  expect(done).toMatchObject({ reason: expect.stringContaining('Conversion') });
  expect(JSON.stringify('reason' in done && done.reason)).not.toContain('secret');
});
