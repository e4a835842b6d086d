import { expect, test } from 'vitest';
import { fault } from '../../iceberg/fault.ts';
import type { Catalog, CommitOutcome } from '../../iceberg/ports.ts';
import { expectWholeChain } from './support/chain.ts';
import {
  around,
  emptyTable,
  livePaths,
  loaded,
  micros,
  overwrite,
  run,
  type Settled,
  slotFile,
} from './support/tables.ts';

const slot = micros('2026-11-20T06:00:00Z');
const file = slotFile('a', slot);

/** The same catalog, its commits answered by what is given here first. */
const answering = (
  catalog: Catalog,
  answers: ((commit: () => Promise<CommitOutcome>) => Promise<CommitOutcome>)[],
) => ({
  ...catalog,
  commit: (...asked: Parameters<Catalog['commit']>) => {
    const commit = () => catalog.commit(...asked);
    return (answers.shift() ?? ((now) => now()))(commit);
  },
});

test('a run that is started again finds its own snapshot and commits nothing', async () => {
  const { world } = await emptyTable();
  const first = await run(world, 'a', () => overwrite(slot, [file]));
  const again = await run(world, 'a', () => overwrite(slot, [slotFile('other', slot)]));
  expect(again).toEqual({ ...first, how: 'already' });
  expect(await livePaths(world)).toEqual(['a']);
});

test('a run that is written down as ended is not asked what it wants', async () => {
  const { world } = await emptyTable();
  const settled: Settled = { snapshotId: 7n, addedRecords: 3, how: 'nothing', attempts: 1 };
  const change = () => {
    throw new Error('asked');
  };
  expect(await run(world, 'a', change, { recorded: async () => settled })).toBe(settled);
});

test('after a conflict the change is made anew on the new base, and the files that lost are taken away', async () => {
  const { world, storage } = await emptyTable();
  const rival = async () => {
    await run(around(storage), 'rival', () => overwrite(slot, [slotFile('rival', slot)]));
  };
  const catalog = answering(world.catalog, [
    async (commit) => {
      await rival();
      return commit();
    },
  ]);
  const before = storage.files.size;
  const settled = await run({ ...world, catalog }, 'a', () => overwrite(slot, [file]));
  expect(settled).toMatchObject({ how: 'committed', attempts: 2 });
  expect(await livePaths(world)).toEqual(['a']);
  // The rival's version, manifest and list; ours, and the rival's manifest written anew.
  expect(storage.files.size - before).toBe(3 + 4);
  expectWholeChain((await loaded(world)).metadata);
});

test('a commit that was taken although the answer was lost is found, and nothing of it is removed', async () => {
  const { world } = await emptyTable();
  const catalog = answering(world.catalog, [(commit) => commit().then(() => 'unknown')]);
  expect(await run({ ...world, catalog }, 'a', () => overwrite(slot, [file]))).toMatchObject({
    how: 'already',
    attempts: 2,
    addedRecords: 10,
  });
  expect(await livePaths(world)).toEqual(['a']);
});

test('a commit that was taken and then refused when it was delivered again keeps its files', async () => {
  const { world } = await emptyTable();
  const catalog = answering(world.catalog, [(commit) => commit().then(commit)]);
  expect(await run({ ...world, catalog }, 'a', () => overwrite(slot, [file]))).toMatchObject({
    how: 'already',
  });
  expect(await livePaths(world)).toEqual(['a']);
});

test('a commit that is taken long after the answer was lost still has its files', async () => {
  const { world } = await emptyTable();
  let late: (() => Promise<CommitOutcome>) | undefined;
  const catalog = answering(world.catalog, [
    async (commit) => {
      late = commit;
      return 'unknown';
    },
    async (commit) => {
      await late?.();
      return commit();
    },
  ]);
  expect(await run({ ...world, catalog }, 'a', () => overwrite(slot, [file]))).toMatchObject({
    how: 'already',
    attempts: 3,
  });
  expect(await livePaths(world)).toEqual(['a']);
  expectWholeChain((await loaded(world)).metadata);
});

test('a commit that was not taken and not answered is made again', async () => {
  const { world } = await emptyTable();
  const catalog = answering(world.catalog, [async () => 'unknown', async () => 'unknown']);
  expect(await run({ ...world, catalog }, 'a', () => overwrite(slot, [file]))).toMatchObject({
    how: 'committed',
    attempts: 3,
  });
});

test('a run that gets no answer until its deadline ends with a fault that says so', async () => {
  let now = Date.now();
  const passes = async (most: number) => {
    now += most;
  };
  const { world } = await emptyTable({ now: () => now, pause: passes });
  const catalog = { ...world.catalog, commit: async (): Promise<CommitOutcome> => 'unknown' };
  const started = now;
  const ended = run({ ...world, catalog }, 'a', () => overwrite(slot, [file]), { deadline: now + 20_000 });
  await expect(ended).rejects.toMatchObject({ code: 'unsettled' });
  expect(now - started).toBeGreaterThan(15_000);
});

test('another table of the same name is not written to, nor one that is not there', async () => {
  const { world } = await emptyTable();
  const change = () => overwrite(slot, [file]);
  await expect(run(world, 'a', change, { tableUuid: 'another' })).rejects.toMatchObject({
    code: 'tableNotFound',
  });
  const elsewhere = { table: { namespace: ['scores'], name: 'none' } };
  await expect(run(world, 'a', change, elsewhere)).rejects.toMatchObject({ code: 'tableNotFound' });
});

test('a refusal of the catalog ends the run at once', async () => {
  const { world } = await emptyTable();
  let asked = 0;
  const commit = async () => {
    asked++;
    throw fault('refused', 'no');
  };
  const catalog = { ...world.catalog, commit };
  await expect(run({ ...world, catalog }, 'a', () => overwrite(slot, [file]))).rejects.toMatchObject({
    code: 'refused',
  });
  expect(asked).toBe(1);
});
