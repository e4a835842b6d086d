import { expect, test } from 'vitest';
import { crashed } from './support/fuse.ts';
import { definition } from './support/runWorld.ts';

test.each([
  ['before', false],
  ['after', true],
])(
  'a run that appends and ends %s any of its writes is made once when it is tried again',
  async (_, after) => {
    const { found, wanted } = await crashed({ ...definition, rerun_behavior: 'append_dedup' }, after);
    for (const one of found)
      expect(one).toMatchObject({
        again: { committed: { rows_scored: 200 } },
        snapshots: 1,
        answers: wanted,
      });
    expect(found.filter(({ ended }) => ended).length).toBeGreaterThan(6);
  },
);
