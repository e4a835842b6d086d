import { describe, expect, test } from 'vitest';
import { legendreRule, type Rule } from '../../scoring/kernels/explain/legendre.ts';

const counts = [...Array.from({ length: 64 }, (_, i) => i + 1), 100, 127, 256];

/** What the rule makes of ∫ t^power over [0, 1]. */
function integral({ points, weights }: Rule, power: number): number {
  return points.reduce((sum, t, i) => sum + (weights[i] as number) * t ** power, 0);
}

describe('Gauss-Legendre rules', () => {
  test.each(counts)('of %i points integrate every power that they must', (count) => {
    const rule = legendreRule(count);
    for (let power = 0; power < 2 * count; power++)
      expect(Math.abs(integral(rule, power) - 1 / (power + 1))).toBeLessThan(2e-15);
  });

  test.each([1, 2, 3, 5, 8])('of %i points are not exact for one power more', (count) => {
    expect(Math.abs(integral(legendreRule(count), 2 * count) - 1 / (2 * count + 1))).toBeGreaterThan(1e-12);
  });

  test.each(counts)('of %i points are symmetric, ascending and inside', (count) => {
    const { points, weights } = legendreRule(count);
    for (let i = 0; i < count; i++) {
      expect(points[i]).toBeGreaterThan(points[i - 1] ?? 0);
      expect(points[i]).toBeLessThan(1);
      expect((points[i] as number) + (points[count - 1 - i] as number)).toBeCloseTo(1, 15);
      expect(weights[i]).toBe(weights[count - 1 - i]);
    }
  });

  test('of three points are those of the textbook', () => {
    const { points, weights } = legendreRule(3);
    expect(points[0]).toBeCloseTo((1 - Math.sqrt(0.6)) / 2, 15);
    expect(points[1]).toBe(0.5);
    expect([...weights].map((weight) => weight * 18)).toEqual(
      [5, 8, 5].map((part) => expect.closeTo(part, 13)),
    );
  });
});
