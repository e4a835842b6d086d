import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupsOf, inTurn } from '../../functions/kit/batch/run/ahead.ts';
import type { Scan } from '../../functions/kit/batch/run/scan.ts';

const megabyte = 1024 * 1024;
const scanOf = (left: number, name = '', bring = async () => {}): Scan => ({ text: name, left, bring });
const bytesOf = (group: readonly Scan[]) => group.reduce((sum, { left }) => sum + left, 0);

test('groups hold every file once and in order; there are at most a few, and none is small beside others', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, (megabytes) => {
      const scans = megabytes.map((size, i) => scanOf(size * megabyte, `${i}`));
      const groups = groupsOf(scans);
      expect(groups.flat()).toEqual(scans);
      expect(groups.length).toBeLessThanOrEqual(5);
      if (groups.length > 1)
        for (const group of groups) expect(bytesOf(group)).toBeGreaterThanOrEqual(16 * megabyte);
    }),
  );
});

/** What happens to groups of one file each, as it happens. */
async function told(failing: { bring?: number; work?: number }) {
  const log: string[] = [];
  const groups = [0, 1, 2].map((i) => [
    scanOf(1, `${i}`, async () => {
      log.push(`bring ${i}`);
      await pause(5);
      if (i === failing.bring) throw new Error(`bring ${i}`);
      log.push(`brought ${i}`);
    }),
  ]);
  const ended = await inTurn(groups, async (_, i) => {
    log.push(`work ${i}`);
    if (i === failing.work) throw new Error(`work ${i}`);
    await pause(10);
    return i;
  }).catch((error: Error) => error.message);
  return { ended, log: log.join(', ') };
}

test('the next files are brought while these are worked on, and none is worked on before it is there', async () => {
  expect(await told({})).toEqual({
    ended: [0, 1, 2],
    log: 'bring 0, brought 0, bring 1, work 0, brought 1, bring 2, work 1, brought 2, work 2',
  });
});

test('what cannot be brought is told when it is needed; what fails waits for what is under way', async () => {
  expect(await told({ bring: 1 })).toEqual({
    ended: 'bring 1',
    log: 'bring 0, brought 0, bring 1, work 0',
  });
  expect(await told({ work: 0 })).toEqual({
    ended: 'work 0',
    log: 'bring 0, brought 0, bring 1, work 0, brought 1',
  });
});
