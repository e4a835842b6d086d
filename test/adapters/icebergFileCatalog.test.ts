import { expect, test } from 'vitest';
import { icebergFileCatalog } from '../../adapters/iceberg/fileCatalog.ts';
import { fault } from '../../iceberg/fault.ts';
import type { Storage } from '../../iceberg/ports.ts';
import { emptyTable, memoryStorage, micros, name, run, slotFile, target } from '../iceberg/support/tables.ts';

const folder = '/warehouse/scores/churn/metadata';
const slot = micros('2026-11-20T06:00:00Z');
const text = (files: Map<string, Uint8Array>, path: string) => Buffer.from(files.get(path) ?? '').toString();

/** A table with so many snapshots, so with one more version. */
async function tableOf(snapshots: number) {
  const given = await emptyTable();
  for (let i = 0; i < snapshots; i++)
    await run(given.world, `${i}`, () => ({ added: [slotFile(`f${i}`, slot)] }));
  return given;
}

test('a table lies as others know it: numbered versions and a hint', async () => {
  const { storage } = await tableOf(2);
  const names = [...storage.files.keys()].filter((path) => !path.endsWith('.avro'));
  expect(names.sort()).toEqual([
    ...[1, 2, 3].map((version) => `${folder}/v${version}.metadata.json`),
    `${folder}/version-hint.text`,
  ]);
  expect(text(storage.files, `${folder}/version-hint.text`)).toBe('3');
});

test.each(['', '1', '2', '9', '12', '99', '-1', 'x', '1e3', '\uffff', '7'.repeat(40)])(
  'the newest version is found whatever the hint says: %j',
  async (hint) => {
    const { storage, world } = await tableOf(11);
    storage.files.set(`${folder}/version-hint.text`, Buffer.from(hint));
    expect((await world.catalog.load(name))?.metadataLocation).toBe(`${folder}/v12.metadata.json`);
  },
);

test('without a hint it is found too, and a table that is not there is none', async () => {
  const { storage, world } = await tableOf(11);
  storage.files.delete(`${folder}/version-hint.text`);
  expect((await world.catalog.load(name))?.metadata.snapshots).toHaveLength(11);
  expect(await world.catalog.load({ namespace: ['scores'], name: 'other' })).toBeUndefined();
  await expect(world.catalog.commit({ namespace: ['s'], name: 'n' }, [], [])).rejects.toMatchObject({
    code: 'tableNotFound',
  });
});

test.each([
  [[], 'a'],
  [['a'], '..'],
  [['..'], 'a'],
  [['a/b'], 'c'],
  [['a'], ''],
  [['a'], 'b\0'],
  [['a'], 'b\\c'],
  [['.'], 'b'],
  [['a'], 'b%2f'],
])('a name that is no folder is refused: %j %j', async (namespace, table) => {
  const { world } = await emptyTable();
  await expect(world.catalog.load({ namespace, name: table })).rejects.toMatchObject({ code: 'refused' });
});

test.each([
  ['is silent', new Error('silent'), 'unknown'],
  ['refuses', fault('refused', 'no'), 'refused'],
])('a storage that %s at the version leaves the commit %s', async (_, error, outcome) => {
  const { storage, world } = await emptyTable();
  const broken: Storage = {
    ...storage,
    put: async (path, bytes, options) => {
      if (path.endsWith('v2.metadata.json')) throw error;
      return storage.put(path, bytes, options);
    },
  };
  const catalog = icebergFileCatalog({ storage: broken, root: '/warehouse', now: Date.now, newId: String });
  const answer = await catalog.commit(name, [], []).catch((thrown: { code: string }) => thrown.code);
  expect(answer).toBe(outcome);
  expect(await world.catalog.commit(name, [], [])).toBe('committed');
});

test('a hint that cannot be written is no loss', async () => {
  const storage = memoryStorage();
  const stubborn: Storage = {
    ...storage,
    put: async (path, bytes, options) => {
      if (path.endsWith('.text')) throw fault('refused', 'no');
      return storage.put(path, bytes, options);
    },
  };
  const catalog = icebergFileCatalog({
    storage: stubborn,
    root: '/warehouse/',
    now: Date.now,
    newId: () => 'u',
  });
  expect((await catalog.create(name, target)).metadata).toMatchObject({
    tableUuid: 'u',
    location: '/warehouse/scores/churn',
  });
  expect(await catalog.commit(name, [{ type: 'assert-table-uuid', uuid: 'u' }], [])).toBe('committed');
  expect(await catalog.commit(name, [{ type: 'assert-table-uuid', uuid: 'v' }], [])).toBe('conflict');
  expect((await catalog.load(name))?.metadataLocation).toBe(`${folder}/v2.metadata.json`);
});
