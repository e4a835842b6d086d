import { describe, expect, test } from 'vitest';
import {
  type Ceiling,
  close,
  isClosable,
  isOverdue,
  mayReplace,
  needsMarks,
} from '../../../domain/aggregates/hours.ts';
import { emptyLane, fold, hourOfLanes, type Lane } from '../../../domain/aggregates/lane.ts';
import { isTooLate, laneExpiry } from '../../../domain/aggregates/time.ts';
import { chance, hour, noon, someFact } from './samples.ts';

const laneOf = (seed: number, n: number, at = noon): Lane => {
  const random = chance(seed);
  return fold(
    emptyLane(at),
    Array.from({ length: n }, (_, i) => someFact(random, at, i)),
  );
};

describe('an hour', () => {
  test('is closed ten minutes after its end, and an alarm an hour later', () => {
    const end = noon + hour;
    expect([end + 599_999, end + 600_000].map((now) => isClosable(noon, now))).toEqual([false, true]);
    expect([end + 4_199_999, end + 4_200_000].map((now) => isOverdue(noon, now))).toEqual([false, true]);
  });

  test('is marked once by every process, and before every fold once it may be closed', () => {
    expect(needsMarks(noon, noon + 5, false)).toBe(true);
    expect(needsMarks(noon, noon + hour - 1, true)).toBe(false);
    expect(needsMarks(noon, noon + hour, true)).toBe(true);
  });

  test('stays open while the table holds another number of items than the lanes', () => {
    const lanes = [laneOf(1, 5), laneOf(2, 3, noon + 600_000)];
    expect(close(noon, lanes, 9)).toEqual({ outcome: 'unequal', folded: 8, counted: 9 });
    expect(close(noon, lanes, 7).outcome).toBe('unequal');
  });

  test('is written as seconds, minutes and sums, and as one count of its day', () => {
    const lanes = [laneOf(1, 5), laneOf(2, 3, noon + 600_000), laneOf(3, 4, noon + 600_000)];
    const closing = close(noon, lanes, 12);
    if (closing.outcome !== 'equal') throw new Error('not closed');
    const { seconds, minutes, sums } = hourOfLanes(lanes, noon);
    const unlessMore = { requests: 12, binned: sums.binned };
    expect(closing).toEqual({
      outcome: 'equal',
      writes: [
        { row: 'seconds', hour: noon, n: sums.rows, seconds, unlessMore },
        { row: 'minutes', hour: noon, minutes, unlessMore },
        { row: 'hour', hour: noon, sums, unlessMore },
      ],
      dayCount: { day: '20260615', hour: 12, n: sums.rows },
    });
    expect(seconds.reduce((a, b) => a + b)).toBe(sums.rows);
  });

  test('of a deployment without logs is closed with nothing in it', () => {
    expect(close(noon, [], 0)).toMatchObject({ outcome: 'equal', dayCount: { n: 0 } });
  });

  test('a row gives way to one that holds as much and more, never to less', () => {
    const more: Ceiling = { requests: 5, binned: 7 };
    expect(mayReplace(undefined, more)).toBe(true);
    expect(mayReplace(more, more)).toBe(true);
    expect(mayReplace({ requests: 6, binned: 0 }, more)).toBe(false);
    expect(mayReplace({ requests: 5, binned: 8 }, more)).toBe(false);
  });

  test('a record too late for its lane is not folded', () => {
    expect([6, 6.01].map((days) => isTooLate(noon, noon + days * 24 * hour))).toEqual([false, true]);
    expect(laneExpiry(noon)).toBe(noon / 1000 + 7 * 86_400);
  });
});
