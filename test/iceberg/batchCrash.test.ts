import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Storage } from '../../iceberg/ports.ts';
import { answers, churn, customers, customersTable, predicted, small } from './support/churn.ts';
import {
  definition,
  nameOf,
  type RunWorld,
  runAll,
  runOf,
  runWorld,
  source,
  target,
} from './support/runWorld.ts';

/** Counts writes down to 0, which stands for a process that ends there: before the write, or after it. */
interface Fuse {
  left: number;
  after: boolean;
}

const fused =
  (fuse: Fuse) =>
  (storage: Storage): Storage => ({
    ...storage,
    async put(path, bytes, options) {
      const last = fuse.left-- === 0;
      if (last && !fuse.after) throw new Error('the process ended');
      const put = await storage.put(path, bytes, options);
      if (last) throw new Error('the process ended');
      return put;
    },
  });

let it: RunWorld;
const fuse: Fuse = { left: Number.POSITIVE_INFINITY, after: false };
const [from, to] = [nameOf(source), nameOf(target)];
beforeEach(async () => {
  fuse.left = Number.POSITIVE_INFINITY;
  it = await runWorld(fused(fuse));
  await it.world.catalog.create(from, customersTable);
  await it.append(from, customers(0, 200));
});
afterEach(() => it[Symbol.asyncDispose]());

const score = (name: string, slot?: string, asked = definition) => {
  const run = runOf(name, slot);
  return runAll(it.of(run, churn), run, { asked });
};
const head = async () => (await it.world.catalog.load(to))?.metadata;

test.each([
  ['before', false, definition],
  ['after', true, { ...definition, rerun_behavior: 'append_dedup' as const }],
])('a run that ends %s any of its writes is made once when it is tried again', async (_, after, asked) => {
  const wanted = predicted(await it.rows(from));
  fuse.after = after;
  let crashes = 0;
  for (let i = 0; ; i++) {
    const slot = new Date(Date.UTC(2026, 0, 1, i)).toISOString();
    const before = (await head())?.snapshots.length ?? 0;
    fuse.left = i;
    const crashed = await score(`${i}`, slot, asked).then(
      () => false,
      () => true,
    );
    if (fuse.left >= 0) break;
    crashes += Number(crashed);
    fuse.left = Number.POSITIVE_INFINITY;
    expect(await score(`${i}`, slot, asked)).toMatchObject({ committed: { rows_scored: 200 } });
    const { snapshots = [] } = (await head()) ?? {};
    expect(snapshots.length - before, `write ${i}`).toBe(1);
    const rows = (await it.rows(to)).filter(({ run_id }) => run_id === runOf(`${i}`).run_id);
    expect(answers(rows), `write ${i}`).toEqual(wanted);
  }
  // Parts, their list, the plan, the part's data and what it left, then manifest, list and metadata.
  expect(crashes).toBeGreaterThan(5);
});

test('of runs that race for one slot each makes one snapshot, and the rows of one are left', async () => {
  await it.append(from, customers(200, 5_000));
  const names = ['a', 'b', 'c'];
  const done = await Promise.all(
    names.map((name) => {
      const run = runOf(name);
      return runAll(it.of(run, churn), run, { limits: small });
    }),
  );
  expect(done.map((one) => 'committed' in one && one.committed.rows_scored)).toEqual([5_000, 5_000, 5_000]);
  const { snapshots = [] } = (await head()) ?? {};
  expect(snapshots.map(({ summary }) => summary['slipway.run-id']).sort()).toEqual(
    names.map((name) => runOf(name).run_id),
  );
  expect(answers(await it.rows(to))).toEqual(predicted(await it.rows(from)));
});

test('two copies of one run make one snapshot', async () => {
  const done = await Promise.all([score('a'), score('a')]);
  expect(done).toMatchObject([{ committed: { rows_scored: 200 } }, { committed: { rows_scored: 200 } }]);
  expect((await head())?.snapshots).toHaveLength(1);
  expect(await it.rows(to)).toHaveLength(200);
});
