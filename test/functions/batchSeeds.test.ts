import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Batching, openBatch } from './support/batching.ts';

/** The published pages, read in place; absent from this repository. */
const seeds = join(import.meta.dirname, '../../../shared/seeds');
const pages = {
  get: join(seeds, '000_nx1_get_deployment.txt'),
  create: join(seeds, '001_nx1_create_deployment.txt'),
};
const have = Object.values(pages).every((page) => existsSync(page));
if (!have) console.error('skipped: the published pages of the batch dialect are not on this machine');

let batch: Batching;
let model: string;
beforeAll(async () => {
  batch = await openBatch();
  model = await batch.model();
});

/** The JSON that stands after a line of a page. */
function printed(page: string, after: RegExp): Record<string, unknown> {
  const text = readFileSync(page, 'utf8');
  const from = text.search(after);
  expect(from).toBeGreaterThanOrEqual(0);
  const [json = ''] = /\{\n[\s\S]*?\n\}/.exec(text.slice(from)) ?? [];
  return JSON.parse(json);
}

/** Keys that the generator of the printed examples leaves out: enumerations, and what is ours. */
const unprinted = ['type', 'status'];
const ourOwn = [
  'scheduled_at',
  'resolved_model_version',
  'source_snapshot_id',
  'target_snapshot_id',
  'rows_failed',
  'error_message',
];
const keys = (value: object, but: readonly string[]) =>
  Object.keys(value).filter((key) => !but.includes(key));

function assertLike(body: Record<string, object>, example: Record<string, object>) {
  expect(keys(body, unprinted).toSorted()).toEqual(Object.keys(example).toSorted());
  expect(Object.keys(body.model ?? {})).toEqual(Object.keys(example.model ?? {}));
  expect(keys(body.last_run ?? {}, [...unprinted, ...ourOwn])).toEqual(Object.keys(example.last_run ?? {}));
  expect(body).toMatchObject({ type: 'batch', status: 'active' });
}

test.skipIf(!have)(
  'the printed request of create, with legal values in its places, gives an answer of the printed form',
  async () => {
    const example = printed(pages.create, /--data '/);
    const body = {
      ...example,
      name: 'nightly-churn',
      model: { model_name: '<string>', model_version: '1', model_alias: null },
      source: {
        schema: 'sales',
        table: 'orders',
        catalog: 'iceberg',
        filter_sql: 'amount > 1',
        snapshot_id: 123,
      },
      target: { schema: 'sales', table: 'scores', catalog: 'iceberg' },
      entity_columns: ['id'],
      schedule: '0 6 * * 1-5',
      trigger_now: true,
    };
    expect(Object.keys(body).toSorted()).toEqual(Object.keys(example).toSorted());
    for (const part of ['model', 'source', 'target'] as const)
      expect(Object.keys(body[part]).toSorted()).toEqual(
        Object.keys((example as typeof body)[part]).toSorted(),
      );
    const got = await batch.send('POST', batch.path(model), { body });
    expect(got.status, JSON.stringify(got.body)).toBe(201);
    assertLike(got.body, printed(pages.create, /\{\n {2}"deployment_id"/) as never);
    expect(got.body).toMatchObject({
      domain: '<string>',
      owner: '<string>',
      allowed_roles: ['<string>'],
      schedule: '0 6 * * 1-5',
    });
  },
);

test.skipIf(!have)('the printed request of get gives an answer of the printed form', async () => {
  await batch.created(model, { name: 'read', trigger_now: true });
  const got = await batch.send('GET', batch.path(model, '/read'));
  expect(got.status).toBe(200);
  assertLike(got.body, printed(pages.get, /'Authorization: Bearer <token>'/) as never);
});
