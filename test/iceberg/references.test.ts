import { expect, test } from 'vitest';
import type { Around } from '../../iceberg/commitLoop.ts';
import { referredTo } from '../../iceberg/references.ts';
import { emptyTable, loaded, micros, overwrite, run, slotFile } from './support/tables.ts';

const slot = micros('2026-11-20T06:00:00Z');
const commit = (world: Around, runId: string, file: string) =>
  run(world, runId, () => overwrite(slot, [slotFile(file, slot)]));

test('a file is referred to as long as any snapshot mentions it, however its path is spelled', async () => {
  const { world } = await emptyTable();
  await commit(world, '1', 's3://w/data/old.parquet');
  await commit(world, '2', 's3://w/data/new.parquet');
  const { metadata } = await loaded(world);
  const asked = ['s3://w/data/old.parquet', 's3a://w/data/new.parquet', 's3://w/data/lost.parquet'];
  expect(await referredTo(world.storage, metadata, asked)).toEqual(new Set(asked.slice(0, 2)));
  // Once the snapshots that held it are gone, the manifest of the last one still says that it was taken out.
  const last = { ...metadata, snapshots: metadata.snapshots.slice(-1) };
  expect(await referredTo(world.storage, last, asked)).toContain(asked[1]);
  expect(await referredTo(world.storage, { ...metadata, snapshots: [] }, asked)).toEqual(new Set());
});

test('a manifest that is gone is no reason to believe that nothing is referred to', async () => {
  const { world } = await emptyTable();
  await commit(world, '1', 's3://w/data/a.parquet');
  const { metadata } = await loaded(world);
  const [snapshot] = metadata.snapshots;
  await world.storage.remove([String(snapshot?.manifestList)]);
  await expect(referredTo(world.storage, metadata, ['s3://w/data/a.parquet'])).rejects.toThrow();
});
