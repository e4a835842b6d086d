import { beforeEach, expect, test } from 'vitest';
import { snapshotOfRun } from '../../iceberg/commitLoop.ts';
import type { DataFile } from '../../iceberg/model.ts';
import { isObject } from '../../iceberg/shape.ts';
import {
  around,
  day,
  livePaths,
  loaded,
  manifestsOf,
  memoryStorage,
  micros,
  name,
  overwrite,
  run,
  slotFile,
  target,
} from './support/tables.ts';

const slot = micros('2026-11-20T06:00:00Z');
let world: ReturnType<typeof around>;
beforeEach(async () => {
  world = around(memoryStorage());
  await world.catalog.create(name, target);
});

test('an append brings its files in one snapshot, with counts, its parent and what it came from', async () => {
  const first = await run(world, 'a', () => ({ added: [slotFile('a1', slot), slotFile('a2', slot, 5)] }));
  const second = await run(world, 'b', () => ({ added: [slotFile('b1', slot + day)] }));
  expect([first, second].map(({ how, addedRecords }) => [how, addedRecords])).toEqual([
    ['committed', 15],
    ['committed', 10],
  ]);
  expect(await livePaths(world)).toEqual(['a1', 'a2', 'b1']);
  const { metadata } = await loaded(world);
  expect(metadata.snapshots.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2]);
  expect(metadata.snapshots[1]).toMatchObject({
    id: second.snapshotId,
    parentId: first.snapshotId,
    schemaId: 0,
  });
  expect(metadata.snapshots[1]?.summary).toEqual({
    operation: 'append',
    'slipway.run-id': 'b',
    'slipway.deployment': 'd',
    'slipway.model-version': '1',
    'slipway.source-snapshot': '7',
    'added-data-files': '1',
    'added-records': '10',
    'added-files-size': '1000',
    'changed-partition-count': '1',
    'total-data-files': '3',
    'total-records': '25',
    'total-files-size': '3000',
    'total-delete-files': '0',
    'total-position-deletes': '0',
    'total-equality-deletes': '0',
  });
});

test('added entries inherit their sequence number, existing and deleted ones carry their own', async () => {
  await run(world, 'a', () => ({ added: [slotFile('a1', slot), slotFile('a2', slot + day)] }));
  const { snapshotId } = await run(world, 'b', () => overwrite(slot, [slotFile('b1', slot)]));
  const manifests = await manifestsOf(world);
  const entries = manifests.flatMap((one) => one.entries);
  expect(
    entries.map(({ status, file, sequenceNumber, fileSequenceNumber }) => [
      ...[file.path, status],
      ...[sequenceNumber, fileSequenceNumber],
    ]),
  ).toEqual([
    ['b1', 'added', 2, 2],
    ['a1', 'deleted', 1, 1],
    ['a2', 'existing', 1, 1],
  ]);
  expect(entries[1]?.snapshotId).toBe(snapshotId);
  expect(entries[2]?.snapshotId).not.toBe(snapshotId);
  expect(manifests.map(({ manifest }) => [manifest.sequenceNumber, manifest.minSequenceNumber])).toEqual([
    [2, 2],
    [2, 1],
  ]);
  expect(manifests[1]?.manifest).toMatchObject({
    ...{ addedFilesCount: 0, existingFilesCount: 1, deletedFilesCount: 1 },
    ...{ addedRowsCount: 0, existingRowsCount: 10, deletedRowsCount: 10 },
  });
});

test('a manifest that is written anew drops what was deleted before, and one that lists no file is dropped', async () => {
  await run(world, 'a', () => ({ added: [slotFile('a1', slot), slotFile('a2', slot + day)] }));
  await run(world, 'b', () => overwrite(slot, []));
  await run(world, 'c', () => overwrite(slot + day, []));
  const [only] = await manifestsOf(world);
  expect(only?.entries.map(({ status, file }) => [status, file.path])).toEqual([['deleted', 'a2']]);
  await run(world, 'd', () => ({ added: [slotFile('d1', slot)] }));
  expect((await manifestsOf(world)).map(({ entries }) => entries.length)).toEqual([1]);
});

test('manifests that a commit does not concern are carried over as they are', async () => {
  for (const i of [0, 1, 2])
    await run(world, `a${i}`, () => ({ added: [slotFile(`a${i}`, slot + BigInt(i) * day)] }));
  const before = (await manifestsOf(world)).map(({ manifest }) => manifest);
  await run(world, 'b', () => overwrite(slot + day, [slotFile('b', slot + day)]));
  const after = (await manifestsOf(world)).map(({ manifest }) => manifest);
  const carried = before.filter(({ partitions }) => partitions?.[0]?.lowerBound?.[0] !== undefined);
  expect(carried).toHaveLength(3);
  expect(after.filter((one) => before.some(({ path }) => path === one.path))).toEqual(
    before.filter((_, i) => i !== 1),
  );
});

test('an hour of a day partition replaces its own hour only', async () => {
  const hour = 3_600_000_000n;
  await run(world, 'a', () => overwrite(slot, [slotFile('a', slot)]));
  await run(world, 'b', () => overwrite(slot + hour, [slotFile('b', slot + hour)]));
  await run(world, 'a again', () => overwrite(slot, [slotFile('a2', slot)]));
  expect(await livePaths(world)).toEqual(['a2', 'b']);
});

test('an empty run still overwrites, and a commit that would change nothing is not made', async () => {
  await run(world, 'a', () => overwrite(slot, [slotFile('a', slot)]));
  const emptied = await run(world, 'b', () => overwrite(slot, []));
  expect(emptied).toMatchObject({ how: 'committed', addedRecords: 0 });
  expect(await livePaths(world)).toEqual([]);
  const again = await run(world, 'c', () => overwrite(slot, []));
  expect(again).toMatchObject({ how: 'nothing', addedRecords: 0, snapshotId: emptied.snapshotId });
  const { metadata } = await loaded(world);
  expect(metadata.snapshots).toHaveLength(2);
  expect(snapshotOfRun(metadata, 'c')).toBeUndefined();
});

test('a file of another writer that only partly matches gets position deletes, in the same snapshot', async () => {
  const mixed: DataFile = { ...slotFile('mixed', slot), lowerBounds: undefined };
  await run(world, 'a', () => ({ added: [mixed, slotFile('other day', slot + day)] }));
  const asked: string[][] = [];
  const { snapshotId } = await run(world, 'b', () => ({
    ...overwrite(slot, [slotFile('b', slot)]),
    positions: async (files) => {
      asked.push(files.map(({ file, sequenceNumber }) => `${file.path} ${sequenceNumber}`));
      return [{ ...slotFile('deletes', slot, 3), content: 'positionDeletes', referencedDataFile: 'mixed' }];
    },
  }));
  expect(asked).toEqual([['mixed 1']]);
  expect(await livePaths(world)).toEqual(['b', 'deletes', 'mixed', 'other day']);
  const manifests = await manifestsOf(world);
  expect(manifests.map(({ manifest }) => manifest.content).sort()).toEqual(['data', 'data', 'deletes']);
  const { metadata } = await loaded(world);
  expect(metadata.snapshots.find(({ id }) => id === snapshotId)?.summary).toMatchObject({
    ...{ operation: 'overwrite', 'added-position-deletes': '3', 'added-delete-files': '1' },
    ...{ 'total-delete-files': '1', 'total-position-deletes': '3', 'total-records': '30' },
  });
});

test('a file that would need position deletes is refused where nobody can write them', async () => {
  const mixed: DataFile = { ...slotFile('mixed', slot), lowerBounds: undefined };
  await run(world, 'a', () => ({ added: [mixed] }));
  await expect(run(world, 'b', () => overwrite(slot, []))).rejects.toMatchObject({ code: 'unsupported' });
});

test('properties, unknown parts and the retention of the branch survive a commit', async () => {
  const storage = world.storage as ReturnType<typeof memoryStorage>;
  await run(world, 'a', () => ({ added: [slotFile('a', slot)] }));
  const { json } = await loaded(world);
  const head = isObject(json.refs) && isObject(json.refs.main) ? json.refs.main : {};
  const changed = { ...json, 'x-unknown': [1], refs: { main: { ...head, 'min-snapshots-to-keep': 5 } } };
  const text = JSON.stringify(changed, (_, value) => (typeof value === 'bigint' ? `#${value}#` : value));
  const path = '/warehouse/scores/churn/metadata/v2.metadata.json';
  expect(storage.files.has(path)).toBe(true);
  storage.files.set(path, Buffer.from(text.replaceAll(/"#(\d+)#"/g, '$1')));
  const { snapshotId } = await run(world, 'b', () => ({ added: [slotFile('b', slot)] }));
  const after = await loaded(world);
  expect(after.json['x-unknown']).toEqual([1]);
  expect(after.json.refs).toEqual({
    main: { type: 'branch', 'snapshot-id': snapshotId, 'min-snapshots-to-keep': 5 },
  });
  expect(after.json['metadata-log']).toHaveLength(2);
  expect(after.json['snapshot-log']).toHaveLength(2);
});

test.each([1, 3])('a target of format version %i is refused', async (version) => {
  const storage = world.storage as ReturnType<typeof memoryStorage>;
  const path = '/warehouse/scores/churn/metadata/v1.metadata.json';
  const text = Buffer.from(storage.files.get(path) ?? '').toString();
  storage.files.set(path, Buffer.from(text.replace('"format-version":2', `"format-version":${version}`)));
  await expect(run(world, 'a', () => ({ added: [slotFile('a', slot)] }))).rejects.toMatchObject({
    code: 'unsupported',
  });
});
