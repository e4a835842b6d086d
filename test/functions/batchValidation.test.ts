import { beforeAll, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { type Batching, openBatch } from './support/batching.ts';

let batch: Batching;
let model: string;
beforeAll(async () => {
  batch = await openBatch();
  model = await batch.model();
});

const exactlyOne = 'Exactly one of model_version / model_alias must be set';
const body = (place: (string | number)[]) => ['body', ...place];
const bad: [
  change: object,
  words: ReturnType<typeof is.value>,
  place: (string | number)[],
  input: unknown,
][] = [
  [{ name: 'Nightly' }, is.pattern('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'), ['name'], 'Nightly'],
  [{ name: '-x' }, is.pattern('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'), ['name'], '-x'],
  [{ name: 'a'.repeat(64) }, is.tooLong(63), ['name'], 'a'.repeat(64)],
  [{ name: null }, is.string, ['name'], null],
  [{ model: {} }, is.value(exactlyOne), ['model'], {}],
  [
    { model: { model_version: '', model_alias: null } },
    is.value(exactlyOne),
    ['model'],
    { model_version: '', model_alias: null },
  ],
  [
    { model: { model_version: '1', model_alias: 'a' } },
    is.value(exactlyOne),
    ['model'],
    { model_version: '1', model_alias: 'a' },
  ],
  [{ model: { model_version: 1 } }, is.string, ['model', 'model_version'], 1],
  [{ model: 'm' }, is.model, ['model'], 'm'],
  [{ source: { table: 't' } }, is.missing, ['source', 'schema'], { table: 't' }],
  [
    { source: { schema: 's', table: 'a b' } },
    is.pattern('^[\\p{L}\\p{N}_-]{1,255}$'),
    ['source', 'table'],
    'a b',
  ],
  [{ source: { schema: 's', table: 't', catalog: null } }, is.string, ['source', 'catalog'], null],
  [{ source: { schema: 's', table: 't', snapshot_id: 'x' } }, is.int, ['source', 'snapshot_id'], 'x'],
  [{ source: { schema: 's', table: 't', snapshot_id: 2.5 } }, is.fraction, ['source', 'snapshot_id'], 2.5],
  [{ source: { schema: 's', table: 't', snapshot_id: [] } }, is.intType, ['source', 'snapshot_id'], []],
  [{ target: { schema: 's' } }, is.missing, ['target', 'table'], { schema: 's' }],
  [{ entity_columns: [] }, is.fewItems(1, 0), ['entity_columns'], []],
  [{ entity_columns: null }, is.list, ['entity_columns'], null],
  [{ entity_columns: [1] }, is.string, ['entity_columns', 0], 1],
  [{ entity_columns: ['a', 'a'] }, is.value('A column is named twice'), ['entity_columns'], ['a', 'a']],
  [{ type: 'online' }, is.literal("'batch'"), ['type'], 'online'],
  [
    { rerun_behavior: 'append' },
    is.literal("'overwrite_partition' or 'append_dedup'"),
    ['rerun_behavior'],
    'append',
  ],
  [{ rerun_behavior: null }, is.literal("'overwrite_partition' or 'append_dedup'"), ['rerun_behavior'], null],
  [{ schedule: 7 }, is.string, ['schedule'], 7],
  [
    { schedule: '@daily' },
    is.value('a schedule has five fields: minute, hour, day of the month, month and day of the week'),
    ['schedule'],
    '@daily',
  ],
  [
    { schedule_timezone: 'Mars/Olympus' },
    is.value('A time zone is a name such as Europe/Berlin'),
    ['schedule_timezone'],
    'Mars/Olympus',
  ],
  [{ partition_column: null }, is.string, ['partition_column'], null],
  [{ trigger_now: 'maybe' }, is.bool, ['trigger_now'], 'maybe'],
  [{ allowed_roles: 'all' }, is.list, ['allowed_roles'], 'all'],
  [
    { allowed_roles: ['*'] },
    is.value('A role that stands for all is not possible'),
    ['allowed_roles', 0],
    '*',
  ],
];
test.each(bad)('%j is refused', async (change, words, place, input) => {
  const got = await batch.create(model, change);
  expect(spelled(got.body)).toBe(spelled({ detail: [item(words as never, body(place), input)] }));
  expect(got.status).toBe(422);
});

test('faults of several fields come together, in the order of the fields', async () => {
  const got = await batch.create(model, { name: 'X', entity_columns: [], allowed_roles: 1 });
  expect(got.body.detail.map(({ loc }: { loc: unknown[] }) => loc[1])).toEqual([
    'name',
    'entity_columns',
    'allowed_roles',
  ]);
});
