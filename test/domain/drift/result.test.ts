import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binner } from '../../../domain/drift/bin.ts';
import { noiseBound } from '../../../domain/drift/noise.ts';
import { profileOf } from '../../../domain/drift/profiler.ts';
import { psi } from '../../../domain/drift/psi.ts';
import { driftOf } from '../../../domain/drift/result.ts';
import { countRow, emptyWindow, sumOf, type WindowCounts } from '../../../domain/drift/window.ts';
import { number, range, regression, settings, text } from './samples.ts';

const binary = { source: 'sample', problem: 'binary', positive: 'yes' } as const;

const answered = (yes: number) => ({
  prediction: yes > 0.5 ? 'yes' : 'no',
  probabilities: { yes, no: 1 - yes },
});
const training = range(1000).map((i) => ({
  record: { amount: i, colour: i % 2 ? 'red' : 'blue', id: `i${i}`, hour: i % 24 },
  answer: answered(i / 1000),
}));
const features = [number('amount'), text('colour'), text('id'), number('hour')];
const profile = profileOf(training, features, binary);
const bin = binner(profile);

type Live = { amount?: unknown; colour?: unknown; id?: unknown; hour?: unknown };

function windowOf(rows: readonly { record: Live; yes: number }[]): WindowCounts {
  const window = emptyWindow(profile);
  for (const { record, yes } of rows) countRow(window, bin(record, answered(yes)));
  return window;
}

const same = windowOf(training.map(({ record, answer }) => ({ record, yes: answer.probabilities.yes })));
const shifted = windowOf(
  range(400).map((i) => ({
    record: {
      amount: 500 + i,
      colour: ['red', 'green', null, 'red', 'green'][i % 5],
      id: i % 2 ? 'i1' : null,
      hour: i % 24,
    },
    yes: 0.9,
  })),
);

describe('the result of a window', () => {
  test('like the sample says that nothing drifted', () =>
    expect(driftOf(profile, same, settings)).toMatchObject({
      overall_status: 'low',
      mean_psi: 0,
      max_psi: 0,
      drifted_share: 0,
      not_monitored: ['id'],
      baseline: { source: 'sample', rows: 1000, created_at: settings.created_at },
      window: settings.window,
      floor: 1e-4,
      inference_rows: 1000,
      prediction: { psi: 0, score_psi: 0, type: 'categorical' },
    }));

  test('tells of every feature what is documented', () => {
    const newCategories = new Map([
      ['colour', ['green', 'green', 'x'.repeat(100)]],
      ['prediction', ['of a feature of this name']],
    ]);
    const { features: of, prediction } = driftOf(profile, shifted, { ...settings, newCategories });
    expect(prediction?.new_categories).toEqual([]);
    expect(Object.keys(of)).toEqual(['amount', 'colour', 'id', 'hour']);
    expect(of.amount).toEqual({
      psi: expect.any(Number),
      status: 'high',
      type: 'numeric',
      n: 400,
      noise_p999: noiseBound(1000, 400, 10),
      above_noise: true,
      missing: { baseline: 0, live: 0 },
      new_share: null,
      new_categories: [],
      ks: expect.closeTo(0.5, 1),
      js: expect.any(Number),
      wasserstein: expect.closeTo((125 + 83.3 + 3.3 + 5) / 288.7, 1),
    });
    expect(of.colour).toMatchObject({
      type: 'categorical',
      status: 'high',
      missing: { baseline: 0, live: 0.2 },
      new_share: 0.4,
      new_categories: ['green', 'x'.repeat(64)],
      ks: null,
      wasserstein: null,
    });
    expect(of.id).toMatchObject({ type: 'id', missing: { baseline: 0, live: 0.5 }, new_categories: [] });
    expect(of.hour).toMatchObject({ type: 'numeric', status: 'low', above_noise: false });
  });

  test('is summed up over what is monitored: neither ids nor what is ignored', () => {
    const all = driftOf(profile, shifted, settings);
    const [amount = 0, colour = 0, hour = 0] = ['amount', 'colour', 'hour'].map((f) => all.features[f]?.psi);
    expect(all.mean_psi).toBeCloseTo((amount + colour + hour) / 3, 12);
    expect(all.max_psi).toBe(Math.max(amount, colour, hour));
    expect(all.drifted_share).toBeCloseTo(2 / 3, 12);
    const calm = driftOf(profile, shifted, { ...settings, ignore: ['amount', 'colour', 'no such feature'] });
    expect(calm).toMatchObject({ overall_status: 'low', mean_psi: hour, max_psi: hour, drifted_share: 0 });
    expect(calm.not_monitored).toEqual(['amount', 'colour', 'id']);
    expect(calm.features.amount).toEqual(all.features.amount);
  });

  test('tells of the predictions, and of the score of the positive class', () => {
    const { prediction } = driftOf(profile, shifted, settings);
    expect(prediction).toMatchObject({ type: 'categorical', status: 'high', n: 400, above_noise: true });
    expect(prediction?.psi).toBe(psi(profile.prediction?.counts ?? [], shifted.counts[4] ?? []));
    expect(prediction?.score_psi).toBe(psi(profile.score?.bins.counts ?? [], shifted.counts[5] ?? []));
    expect(prediction?.score_psi).toBeGreaterThan(3);
  });

  test('has no score where there is none, and no prediction where the baseline has none', () => {
    const plain = profileOf(
      range(300).map((i) => ({ record: {}, answer: { prediction: i } })),
      [],
      regression,
    );
    expect(driftOf(plain, emptyWindow(plain), settings).prediction).toMatchObject({
      score_psi: null,
      type: 'numeric',
    });
    const none = profileOf(
      range(300).map((i) => ({ record: { x: i } })),
      [number('x')],
      regression,
    );
    expect(driftOf(none, emptyWindow(none), settings).prediction).toBeNull();
  });

  test('of fewer than 200 rows is not judged, but its PSI is given', () => {
    const few = windowOf(range(199).map((i) => ({ record: { amount: 900 + (i % 100) }, yes: 0.9 })));
    const result = driftOf(profile, few, settings);
    expect(result.overall_status).toBe('insufficient_data');
    expect(result.max_psi).toBeGreaterThan(1);
    expect(result.features.amount).toMatchObject({
      status: 'insufficient_data',
      n: 199,
      psi: expect.any(Number),
    });
    expect(result.features.amount?.psi).toBeGreaterThan(1);
  });

  test('of no rows at all is plain JSON without a verdict', () => {
    const result = driftOf(profile, emptyWindow(profile), settings);
    expect(result).toMatchObject({ overall_status: 'insufficient_data', mean_psi: 0, inference_rows: 0 });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result.features.amount).toMatchObject({ psi: 0, noise_p999: null, above_noise: false, js: null });
  });

  test('where nothing is monitored has no verdict', () => {
    const result = driftOf(profile, same, { ...settings, ignore: features.map(({ name }) => name) });
    expect(result).toMatchObject({ overall_status: 'insufficient_data', mean_psi: null, max_psi: null });
  });

  test('takes the floor that it is given, and says so', () => {
    const strict = driftOf(profile, shifted, { ...settings, floor: 1e-6 });
    expect(strict.floor).toBe(1e-6);
    expect(strict.max_psi).toBeGreaterThan(driftOf(profile, shifted, settings).max_psi as number);
  });

  test('adds the counts of both sides if asked', () => {
    const { features: of } = driftOf(profile, shifted, { ...settings, withBins: true });
    expect(of.colour?.bins).toEqual({
      baseline: [500, 500, 0, 0, 0],
      live: [0, 160, 0, 160, 80],
      categories: ['blue', 'red', '__other__', '__new__', '__missing__'],
    });
    expect(of.amount?.bins).toMatchObject({
      edges: { length: 9 },
      baseline: { length: 11 },
      live: { length: 11 },
    });
    expect(driftOf(profile, shifted, settings).features.colour).not.toHaveProperty('bins');
  });

  test('names the features for which there are no bins', () => {
    const many = profileOf(
      [{ record: {} }],
      range(502).map((i) => number(`f${i}`)),
      regression,
    );
    expect(driftOf(many, emptyWindow(many), settings).not_monitored).toEqual(['f500', 'f501']);
  });

  test('takes names as data', () => {
    const odd = profileOf(
      range(30).map((i) => ({ record: { a: i } })),
      [number('a'), text('__proto__')],
      regression,
    );
    const result = driftOf(odd, emptyWindow(odd), settings);
    expect(Object.keys(result.features)).toEqual(['a', '__proto__']);
  });
});

test('however a window is split and ordered, its parts add up to the same result', () => {
  const live = fc.record({
    record: fc.record({
      amount: fc.oneof(fc.integer({ min: -100, max: 1100 }), fc.constant(null)),
      colour: fc.constantFrom('red', 'blue', 'green', null),
      hour: fc.integer({ min: 0, max: 25 }),
    }),
    yes: fc.double({ min: 0, max: 1, noNaN: true }),
    part: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(live, { maxLength: 300 }), (rows) => {
      const whole = driftOf(profile, windowOf(rows), settings);
      const parts = range(5).map((n) => windowOf(rows.filter(({ part }) => part === n)));
      expect(driftOf(profile, parts.reduceRight(sumOf), settings)).toEqual(whole);
      expect(driftOf(profile, windowOf(rows.toReversed()), settings)).toEqual(whole);
    }),
  );
});
