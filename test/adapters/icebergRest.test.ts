import { expect, test } from 'vitest';
import { icebergRest, type RestCatalog } from '../../adapters/iceberg/rest.ts';
import { commitRun } from '../../iceberg/commitLoop.ts';
import { type Quirks, restCatalog } from '../iceberg/support/restCatalog.ts';
import { around, memoryStorage, micros, overwrite, slotFile, target } from '../iceberg/support/tables.ts';

const slot = micros('2026-11-20T06:00:00Z');
const name = { namespace: ['a.b', 'c d'], name: 'chürn/1' };
const located = { ...target, location: 's3://warehouse/scores/churn' };

/** A catalog with quirks, and what speaks to it. */
async function catalogWith(quirks: Quirks = {}, more: Partial<RestCatalog> = {}) {
  const server = await restCatalog(quirks);
  const catalog = icebergRest({ uri: server.uri, warehouse: 'w', ...more });
  const world = { ...around(memoryStorage()), catalog };
  const run = (runId: string, table = name) =>
    commitRun(world, {
      ...{ table, runId, properties: {}, deadline: Date.now() + 10_000 },
      change: () => overwrite(slot, [slotFile(runId, slot)]),
    });
  return { server, catalog, run, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

test('a table is created with its namespaces, loaded and committed to, ids beyond 2^53 exact', async () => {
  await using given = await catalogWith({ prefix: 'catalogs/1%2F2' });
  const { catalog, server, run } = given;
  expect(await catalog.load(name)).toBeUndefined();
  const created = await catalog.create(name, target);
  expect(created.metadata).toMatchObject({ formatVersion: 2, currentSnapshotId: undefined });
  expect([...server.namespaces]).toEqual(['a.b', 'a.b%1Fc%20d']);
  const first = await run('1');
  const second = await run('2');
  const { metadata } = (await catalog.load(name)) ?? {};
  expect(metadata?.snapshots.map(({ id, parentId }) => [id, parentId])).toEqual([
    [first.snapshotId, undefined],
    [second.snapshotId, first.snapshotId],
  ]);
  expect(server.asked.at(-1)?.path).toBe('/v1/catalogs/1%2F2/namespaces/a.b%1Fc%20d/tables/ch%C3%BCrn%2F1');
  const asked = server.asked.filter(({ path }) => path.startsWith('/v1/config'));
  expect(asked.map(({ path }) => path)).toEqual(['/v1/config?warehouse=w']);
  expect(server.asked.every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

test('a table that is there is not created again', async () => {
  await using given = await catalogWith();
  await given.catalog.create(name, target);
  await expect(given.catalog.create(name, target)).rejects.toMatchObject({ code: 'tableExists' });
});

test('what may be done is asked with the catalog’s token, whichever is current', async () => {
  let calls = 0;
  const tokens = { current: async () => `t${calls++}`, refused: () => {} };
  await using given = await catalogWith({}, { tokens });
  await given.catalog.load(name);
  expect(given.server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t0', 'Bearer t1']);
});

test('Glue: a location is sent and required, a missing namespace answers 500, requests are signed for it', async () => {
  await using given = await catalogWith(
    { locationRequired: true, missingNamespace500: true },
    { signing: 'glue' },
  );
  const { catalog, server } = given;
  expect(await catalog.load(name)).toBeUndefined();
  await expect(catalog.create(name, target)).rejects.toMatchObject({ code: 'refused' });
  const created = await catalog.create(name, located);
  expect(created.metadata.location).toBe(located.location);
  expect(
    server.asked.every(({ headers }) => /\/eu-west-1\/glue\/aws4/.test(headers.authorization ?? '')),
  ).toBe(true);
});

test('from another catalog a 500 is a fault of its own, not a table that is missing', async () => {
  await using given = await catalogWith({ missingNamespace500: true });
  await expect(given.catalog.load(name)).rejects.toThrow('the catalog answered 500 (InternalServerError)');
});

test('S3 Tables: a location is never sent, and a namespace has one level', async () => {
  await using given = await catalogWith({ locationRefused: true }, { signing: 's3tables' });
  const { catalog, server } = given;
  await expect(catalog.create(name, located)).rejects.toMatchObject({ code: 'refused' });
  const created = await catalog.create({ namespace: ['one'], name: 't' }, located);
  expect(created.metadata.location).toBe('s3://warehouse/0');
  expect(server.asked.every(({ headers }) => /\/s3tables\/aws4/.test(headers.authorization ?? ''))).toBe(
    true,
  );
});

test('creation is never staged', async () => {
  await using given = await catalogWith();
  await given.catalog.create(name, located);
  const made = given.server.asked.filter(({ path, method }) => method === 'POST' && path.endsWith('/tables'));
  expect(made.map(({ body }) => 'stage-create' in body)).toEqual([false]);
});

test.each([500, 502, 503, 504])(
  'a commit that took and was answered with %i is found and not made again',
  async (status) => {
    await using given = await catalogWith({ takenBut: [status] });
    const { metadata } = await given.catalog.create(name, target);
    expect(metadata.snapshots).toEqual([]);
    expect(await given.run('1')).toMatchObject({ how: 'already', attempts: 2, addedRecords: 10 });
    expect((await given.catalog.load(name))?.metadata.snapshots).toHaveLength(1);
  },
);

test('a commit that was refused with 409 or lost in a 502 is made again', async () => {
  await using given = await catalogWith({ refusedWith: [409, 502, 409] });
  await given.catalog.create(name, target);
  expect(await given.run('1')).toMatchObject({ how: 'committed', attempts: 4 });
});

test.each([400, 401, 403, 404, 419])(
  'a commit that is refused with %i ends the run, the kind of the error in its words',
  async (status) => {
    await using given = await catalogWith({ refusedWith: [status] });
    await given.catalog.create(name, target);
    const words = `the catalog answered ${status} (InternalServerError)`;
    await expect(given.run('1')).rejects.toMatchObject({ name: 'IcebergFault', message: words });
  },
);

test.each([
  [{}, 100, 1],
  [{ keepsSnapshots: true }, 106, 2],
])(
  'old snapshots go with a commit, and a catalog that keeps them still takes it: %j',
  async (quirks, left, posts) => {
    await using given = await catalogWith(quirks);
    await given.catalog.create(name, target);
    for (const [key, table] of given.server.tables)
      given.server.tables.set(key, { ...table, snapshots: Array.from({ length: 105 }, oldSnapshot) });
    await given.run('1');
    expect((await given.catalog.load(name))?.metadata.snapshots).toHaveLength(left);
    expect(given.server.asked.filter(({ body }) => 'updates' in body)).toHaveLength(posts);
  },
);

const oldSnapshot = (_: unknown, i: number) => ({ 'snapshot-id': i + 1, 'timestamp-ms': i, summary: {} });

test('a catalog that does not answer at all leaves a commit open', async () => {
  const catalog = icebergRest({ uri: 'http://127.0.0.1:9', timeout: 200 });
  await expect(catalog.load(name)).rejects.toThrow();
  await using given = await catalogWith();
  await given.catalog.create(name, target);
  await given.server[Symbol.asyncDispose]();
  expect(await given.catalog.commit(name, [], [])).toBe('unknown');
});

test.each(['a/../b', '..', 'a//b', 'a?b', 'a#b', 'a%2', '%2e%2E/a', 'a b'])(
  'a prefix that leads elsewhere is refused: %s',
  async (prefix) => {
    await using given = await catalogWith({ prefix });
    await expect(given.catalog.load(name)).rejects.toMatchObject({ code: 'malformed' });
  },
);
