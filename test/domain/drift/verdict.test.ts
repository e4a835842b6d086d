import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../domain/drift/profiler.ts';
import { driftOf, overallOf, summaryOf } from '../../../domain/drift/result.ts';
import { range, regression, settings, text } from './samples.ts';

describe('the verdict', () => {
  test('of the documented example, 0.023, 0.15 and 0.008, is low: its mean is, its largest is not', () => {
    const summary = summaryOf([0.023, 0.15, 0.008]);
    expect(summary.mean_psi).toBeCloseTo(0.0603, 4);
    expect(summary).toMatchObject({ max_psi: 0.15, drifted_share: 1 / 3 });
    expect(overallOf(summary, 5000)).toBe('low');
  });

  test('of that example is reached by counts as well', () => {
    const names = ['amount', 'merchant_id', 'hour'];
    const halves = range(10_000).map((i) => {
      const side = i % 2 ? 'b' : 'a';
      return { record: { amount: side, merchant_id: side, hour: side } };
    });
    const two = profileOf(halves, names.map(text), regression);
    const live = { rows: 5000, counts: [2878, 3444, 2723].map((a) => [a, 5000 - a, 0, 0, 0]) };
    const result = driftOf(two, live, settings);
    const told = Object.entries(result.features).map(([name, { psi, status }]) => [
      name,
      psi.toFixed(3),
      status,
    ]);
    expect(told).toEqual([
      ['amount', '0.023', 'low'],
      ['merchant_id', '0.150', 'moderate'],
      ['hour', '0.008', 'low'],
    ]);
    expect(result).toMatchObject({ overall_status: 'low', inference_rows: 5000 });
  });
});
