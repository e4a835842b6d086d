import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandOf, statusOf } from '../../../domain/drift/bands.ts';
import { js, ks, wasserstein } from '../../../domain/drift/distances.ts';
import { noiseBound } from '../../../domain/drift/noise.ts';
import { occupied, psi } from '../../../domain/drift/psi.ts';

const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }));
const bins = fc.tuple(count, count, fc.integer());
const sides = fc
  .array(bins, { minLength: 1, maxLength: 53 })
  .filter((list) => list.some(([e]) => e > 0) && list.some(([, a]) => a > 0));

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b));

describe('whatever the counts', () => {
  test('PSI is at least 0, symmetric, and 0 where shares are equal', () => {
    fc.assert(
      fc.property(sides, fc.integer({ min: 2, max: 9 }), (list, times) => {
        const e = list.map(([before]) => before);
        const a = list.map(([, now]) => now);
        expect(psi(e, a)).toBeGreaterThanOrEqual(0);
        expect(psi(e, a)).toSatisfy((x: number) => close(x, psi(a, e)));
        expect(psi(e, e)).toBe(0);
        expect(
          psi(
            e,
            e.map((n) => n * times),
          ),
        ).toSatisfy((x: number) => close(x, 0));
      }),
    );
  });

  test('the order of the bins is irrelevant to PSI and Jensen-Shannon', () => {
    fc.assert(
      fc.property(sides, (list) => {
        const shuffled = list.toSorted(([, , a], [, , b]) => a - b);
        for (const of of [psi, js]) {
          const [one, other] = [list, shuffled].map(
            (l) =>
              of(
                l.map(([e]) => e),
                l.map(([, a]) => a),
              ) as number,
          );
          expect(one).toSatisfy(
            (x: number) => close(x, other as number) || Math.abs(x - (other as number)) < 1e-7,
          );
        }
      }),
    );
  });

  test('the other distances stay within their range', () => {
    fc.assert(
      fc.property(sides, (list) => {
        const e = list.map(([before]) => before);
        const a = list.map(([, now]) => now);
        for (const distance of [js(e, a), ks(e, a)]) {
          expect(distance).toBeGreaterThanOrEqual(0);
          expect(distance).toBeLessThanOrEqual(1);
        }
        const places = list.map((_, i) => 2 * i);
        expect(wasserstein(e, a, places)).toBeGreaterThanOrEqual(0);
        expect(wasserstein(e, a, places)).toBeLessThanOrEqual(2 * list.length);
      }),
    );
  });
});

describe('bands are half-open', () => {
  test.each([
    [0, 'low'],
    [0.1 - 2 ** -56, 'low'],
    [0.1, 'moderate'],
    [0.25 - 2 ** -54, 'moderate'],
    [0.25, 'high'],
    [18, 'high'],
  ])('%d is %s', (value, band) => expect(bandOf(value)).toBe(band));

  test('nothing is judged below 200 rows', () =>
    expect([199, 200].map((rows) => statusOf(0.3, rows))).toEqual(['insufficient_data', 'high']));
});

test('a vanished category weighs as its floor says', () => {
  const vanished = (floor: number) => psi([300, 700], [0, 1000], floor);
  expect(vanished(1e-4)).toBeCloseTo((1e-4 - 0.3) * Math.log(1e-4 / 0.3) + 0.3 * Math.log(1 / 0.7), 12);
  expect(vanished(1e-6) - vanished(1e-4)).toBeGreaterThan(1);
});

test('without rows on a side there is neither drift nor distance nor bound', () => {
  const some = [1, 2];
  const no = [0, 0];
  expect([psi(some, no), psi(no, some)]).toEqual([0, 0]);
  expect([js(some, no), ks(no, some), wasserstein(no, no, some), noiseBound(3, 0, 2)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('a bin that is empty on both sides is no degree of freedom', () =>
  expect(occupied([1, 0, 0, 2], [0, 0, 3, 1])).toBe(3));
