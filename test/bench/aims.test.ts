import { expect, test } from 'vitest';
import { aims, apart, partsApart } from '../../bench/scoring/aims.ts';
import type { Result } from '../../bench/scoring/engines.ts';
import { merged } from '../../bench/scoring/measure.ts';

const passes = (best: number, median: number) => ({ best, median, passes: 7 });
const result = (engine: string, best: number, median: number): Result => ({
  ...{ model: 'a model', engine, size: 200_000 },
  measured: { single: passes(best, median), batch10000: passes(best, median) },
  first: { best: 1, median: 1.5, megabytes: 40 },
});

test('an aim is met only when the least and the median are both fast enough', () => {
  const told = (best: number, median: number) =>
    aims([result('Slipway', 100, 100), result('onnxruntime-node', best, median)], [], 60_000)[0];
  expect(told(1_000, 1_000)).toMatchObject({ aim: '≥ 10 ×', met: true });
  expect(told(999, 1_100)?.met).toBe(false);
  expect(told(1_100, 999)?.met).toBe(false);
});

test('the bundle and the first prediction have their bounds', () => {
  const met = (bytes: number) => aims([result('Slipway', 1, 1)], [], bytes).map((aim) => aim.met);
  expect(met(60_000)).toEqual([true, true]);
  expect(met(60_001)).toEqual([true, false]);
});

test('margins are compared where both tell them, else probabilities', () => {
  expect(apart({ margins: [1, 20] }, { margins: [1, 10] })).toBe(1);
  expect(apart({ margins: [9], probabilities: [0.5] }, { probabilities: [0.25] })).toBe(0.25);
  expect(apart({}, { probabilities: [0.25] })).toBeNaN();
  expect(partsApart({ parts: [1, 0] }, { parts: [1, 0.5] })).toBe(0.5);
  expect(partsApart({ parts: [1] }, {})).toBeNaN();
});

test('rounds are merged into the least of all and the middle of the medians', () => {
  const rounds = [passes(3, 9), passes(1, 4), passes(2, 6)].map((single) => ({ single }));
  expect(merged(rounds).single).toEqual({ best: 1, median: 6, passes: 21 });
});
