import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextDown, nextDownSingle, nextUp, nextUpSingle } from '../../scoring/floats.ts';

const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
const singles = fc.float({ noNaN: true, noDefaultInfinity: true });

test('the next number is above, with none between, and has this one before it', () => {
  const check =
    (up: (x: number) => number, down: (x: number) => number, round: (x: number) => number) => (x: number) => {
      const next = up(x);
      expect(next).toBeGreaterThan(x);
      const middle = round(x / 2 + next / 2);
      expect(middle <= x || middle >= next).toBe(true);
      expect(down(next) === x).toBe(true);
    };
  fc.assert(
    fc.property(
      doubles,
      check(nextUp, nextDown, (x) => x),
    ),
  );
  fc.assert(fc.property(singles, check(nextUpSingle, nextDownSingle, Math.fround)));
});

test('nothing is above infinity, and NaN stays NaN', () => {
  expect(nextUp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(nextUp(Number.NEGATIVE_INFINITY)).toBe(-Number.MAX_VALUE);
  expect(nextUp(-0)).toBe(Number.MIN_VALUE);
  expect(nextUp(Number.NaN)).toBeNaN();
});
