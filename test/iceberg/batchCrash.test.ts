import { afterEach, beforeEach, expect, test } from 'vitest';
import { answers, churn, customers, customersTable, predicted, small } from './support/churn.ts';
import { crashed } from './support/fuse.ts';
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

let it: RunWorld;
const [from, to] = [nameOf(source), nameOf(target)];
beforeEach(async () => {
  it = await runWorld();
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
  ['before', false],
  ['after', true],
])(
  'a run that overwrites and ends %s any of its writes is made once when it is tried again',
  async (_, after) => {
    const { found, wanted } = await crashed(definition, after);
    for (const one of found)
      expect(one).toMatchObject({
        again: { committed: { rows_scored: 200 } },
        snapshots: 1,
        answers: wanted,
      });
    // Parts, their list, the plan, what is to be written, the part's data and what it left, then manifest, list and metadata.
    expect(found.filter(({ ended }) => ended).length).toBeGreaterThan(6);
  },
);

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
