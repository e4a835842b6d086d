import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { localStorage } from '../../adapters/iceberg/storage.ts';
import type { Around } from '../../iceberg/commitLoop.ts';
import type { Storage } from '../../iceberg/ports.ts';
import { expectWholeChain } from './support/chain.ts';
import {
  around,
  day,
  emptyTable,
  liveEntries,
  livePaths,
  loaded,
  manifestsOf,
  micros,
  name,
  overwrite,
  run,
  type Settled,
  slotFile,
  target,
} from './support/tables.ts';

const slot = micros('2026-11-20T06:00:00Z');
const file = slotFile('a', slot);

/** A process that dies with its n-th write: before it, or right after it. */
function dying(storage: Storage, writes: number, after: boolean): Storage {
  let left = writes;
  const alive = () => {
    if (left <= 0) throw new Error('dead');
  };
  return {
    ...storage,
    get: async (path, range) => {
      alive();
      return storage.get(path, range);
    },
    size: async (path) => {
      alive();
      return storage.size(path);
    },
    put: async (path, bytes, options) => {
      alive();
      left--;
      if (left === 0 && !after) throw new Error('dead');
      const put = await storage.put(path, bytes, options);
      alive();
      return put;
    },
  };
}

test.each([true, false])(
  'whichever write a run dies at, started again it makes exactly one snapshot (after it: %s)',
  async (after) => {
    const wanted = async (world: Around) => ({
      paths: await livePaths(world),
      snapshots: (await loaded(world)).metadata.snapshots.length,
    });
    let died = 0;
    for (let writes = 1; ; writes++) {
      const { world, storage } = await emptyTable();
      await run(world, 'before', () => ({ added: [slotFile('old', slot), slotFile('kept', slot + day)] }));
      const frail = around(dying(storage, writes, after));
      const first = await run(frail, 'a', () => overwrite(slot, [file])).catch(
        (error: Error) => error.message,
      );
      const second = await run(around(storage), 'a', () => overwrite(slot, [slotFile('a', slot)]));
      expect(await wanted(world)).toEqual({ paths: ['a', 'kept'], snapshots: 2 });
      expectWholeChain((await loaded(world)).metadata);
      if (first !== 'dead') {
        expect(second.how).toBe('already');
        break;
      }
      died++;
    }
    // Two manifests, the list and the version; the hint is nobody's loss.
    expect(died).toBe(4);
  },
);

test('forty runs, each tried by two loops at once, make exactly forty snapshots', async () => {
  const { world, storage } = await emptyTable();
  const ids = Array.from({ length: 80 }, (_, i) => i % 40);
  const outcomes = await Promise.all(
    ids.map((id) => {
      const at = slot + BigInt(id) * day;
      return run(around(storage), `${id}`, () => overwrite(at, [slotFile(`file ${id}`, at)]));
    }),
  );
  expect(outcomes.filter(({ how }) => how === 'committed')).toHaveLength(40);
  expect(outcomes.filter(({ how }) => how === 'already')).toHaveLength(40);
  const { metadata } = await loaded(world);
  expect(metadata.snapshots).toHaveLength(40);
  expectWholeChain(metadata);
  expect(await liveEntries(world)).toHaveLength(40);
  const wanted = new Set((await manifestsOf(world)).map(({ manifest }) => manifest.path));
  const all = [...storage.files.keys()].filter((path) => /-m\d+\.avro$/.test(path));
  expect(all.filter((path) => !wanted.has(path))).toEqual([]);
});

test('forty runs, each tried by two processes at once, make exactly forty snapshots on a disk', async () => {
  const root = mkdtempSync(join(tmpdir(), 'slipway-commit-'));
  try {
    const world = around(localStorage(root), root);
    await world.catalog.create(name, target);
    const worker = join(import.meta.dirname, 'support/commitWorker.ts');
    const ids = Array.from({ length: 40 }, (_, i) => `${i}`);
    const shares = [
      ids.slice(0, 20),
      ids.slice(20),
      ids.slice(10, 30),
      [...ids.slice(30), ...ids.slice(0, 10)],
    ];
    const processes = await Promise.all(
      shares.map((share) =>
        promisify(execFile)(process.execPath, [worker, root, ...share], { timeout: 60_000 }),
      ),
    );
    const outcomes = processes.flatMap(({ stdout }) => JSON.parse(stdout) as Settled[]);
    expect(outcomes.filter(({ how }) => how === 'committed')).toHaveLength(40);
    expect(outcomes.filter(({ how }) => how === 'already')).toHaveLength(40);
    const { metadata } = await loaded(world);
    expect(metadata.snapshots).toHaveLength(40);
    expectWholeChain(metadata);
    expect(await liveEntries(world)).toHaveLength(40);
    const half = readdirSync(join(root, 'scores/churn/metadata')).filter((one) => one.endsWith('.part'));
    expect(half).toEqual([]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
