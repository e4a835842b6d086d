import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTables } from '../../functions/kit/batch/run/check.ts';
import type { Definition } from '../../functions/kit/batch/run/world.ts';
import { irOf, linearOf } from '../scoring/irs.ts';
import { churn, customersTable } from './support/churn.ts';
import {
  definition,
  modelOf,
  nameOf,
  plainTable,
  type RunWorld,
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

const scored = { id: 'm', version: '3', sha256: '' };
const check = (asked: Definition, model = churn) => {
  const run = runOf('a');
  return checkTables(it.of(run, model), run, { definition: asked, scored });
};

const named = (feature: string) =>
  modelOf(irOf({ features: [{ name: feature, kind: 'number' }], core: linearOf([1], [0]) }));

test.each<[string, Partial<Definition>, string, ReturnType<typeof named>?]>([
  ['a source that is not there', { source: { ...source, table: 'none' } }, 'the source table is not there'],
  [
    'a snapshot that is not there',
    { source: { ...source, snapshot_id: '9007199254740993' } },
    'the snapshot is not in the table',
  ],
  ['a feature that is not there', {}, "feature 'height' is not a column", named('height')],
  ['a feature of bytes', {}, "feature 'photo' is a column of a type", named('photo')],
  [
    'an entity column that is not there',
    { entity_columns: ['id', 'none'] },
    "entity column 'none' is not a column",
  ],
  [
    'a filter that does not bind',
    { source: { ...source, filter_sql: 'height > 3' } },
    'no column of this name',
  ],
  ['a filter that is no condition', { source: { ...source, filter_sql: 'age + 1' } }, ''],
  [
    'a floating key',
    { rerun_behavior: 'append_dedup', entity_columns: ['spent'] },
    "entity column 'spent' is a floating number",
  ],
  ['a target that is the source', { target: source }, 'source and target are the same table'],
  [
    'a partition column that no new target has',
    { partition_column: 'day' },
    "partition column 'day' is neither",
  ],
  ['two columns of one name', { entity_columns: ['id', 'prediction'] }, 'two columns of the target'],
])('%s is refused before anything is scored', async (_, more, message, model) => {
  await it.world.catalog.create(
    from,
    plainTable({ id: 'long', age: 'int', spent: 'double', photo: 'binary', prediction: 'string' }),
  );
  await expect(check({ ...definition, ...more }, model)).rejects.toThrow(message);
  expect(await it.world.catalog.load(to)).toBeUndefined();
});

test('what fits is not refused', async () => {
  await it.world.catalog.create(from, customersTable);
  await check(definition);
  await check({
    ...definition,
    rerun_behavior: 'append_dedup',
    source: { ...source, filter_sql: 'age > 3' },
  });
});

const fits = { id: 'long', prediction: 'string', scored_at: 'timestamptz' };

test.each<[string, Record<string, string>, string, Record<string, unknown>?]>([
  ['without a prediction', { id: 'long', scored_at: 'timestamptz' }, "no column 'prediction'"],
  ['without the slot', { id: 'long', prediction: 'string' }, "no column 'scored_at'"],
  ['without an entity column', { prediction: 'string', scored_at: 'timestamptz' }, "no column 'id'"],
  ['with another type of an entity column', { ...fits, id: 'int' }, "entity column 'id' in another type"],
  ['with another type of the prediction', { ...fits, prediction: 'double' }, "'prediction' in a type"],
  [
    'with another type of the slot',
    { ...fits, scored_at: 'string' },
    "'scored_at' is neither a timestamp nor a date",
  ],
  ['with names that differ in case alone', { ...fits, ID: 'long' }, 'differ only in upper and lower case'],
  ['of another version', fits, 'format version 1', { properties: { 'format-version': '1' } }],
  ['with a required column of others', fits, "requires a column 'note'", { schema: 'note' }],
  ['with partitions that a run cannot fill', fits, "partitioned by 'p'", { transform: 'bucket[4]' }],
  ['with partitions of the prediction', fits, "partitioned by 'p'", { transform: 'identity', of: 2 }],
])('a target %s is refused', async (_, columns, message, more = {}) => {
  await it.world.catalog.create(from, customersTable);
  const plain = plainTable(columns);
  const fields = (plain.schema.fields ?? []) as never[];
  const note = { id: 9, name: 'note', required: true, type: 'string' };
  const field = { 'source-id': more.of ?? 1, 'field-id': 1000, name: 'p', transform: more.transform ?? '' };
  const table = await it.world.catalog.create(to, {
    ...plain,
    ...(more.schema ? { schema: { ...plain.schema, fields: [...fields, note] } } : {}),
    ...(more.transform ? { 'partition-spec': { 'spec-id': 0, fields: [field] } as never } : {}),
  });
  const old = { ...table, metadata: { ...table.metadata, formatVersion: 1 as const } };
  const { catalog } = it.world;
  const world = it.of(runOf('a'), churn, {
    catalog: {
      ...catalog,
      load: async (name) => (name.name === to.name && more.properties ? old : catalog.load(name)),
    },
  });
  await expect(checkTables(world, runOf('a'), { definition, scored })).rejects.toThrow(message);
});
