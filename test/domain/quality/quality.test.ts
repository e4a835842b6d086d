import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorSums } from '../../../domain/quality/errors.ts';
import { type Labelled, labelOf, labelSums } from '../../../domain/quality/labels.ts';
import { errorQuality, labelQuality, wilson } from '../../../domain/quality/quality.ts';
import { add, correction, merge, none, subtract } from '../../../domain/quality/sums.ts';

const classes = { classes: ['no', 'yes'], positive: 'yes' };

const labelled = (yes: number, actual: string | number, lagSeconds = 60): Labelled => ({
  prediction: yes > 0.5 ? 'yes' : 'no',
  probabilities: { no: 1 - yes, yes },
  actual,
  lagSeconds,
});

const ofLabels = (rows: readonly Labelled[]) => merge(rows.map((row) => labelSums(classes, row)));

describe('the labels of a classifier', () => {
  const rows = [
    labelled(0.9, 'yes'),
    labelled(0.8, 'no'),
    labelled(0.3, 'yes'),
    labelled(0.1, 'no'),
    labelled(0.2, 'no'),
  ];
  const quality = labelQuality(classes, ofLabels(rows), 8);

  test('give accuracy, the loss of each probability, and how well the score ranks', () => {
    const loss = -[0.9, 0.2, 0.3, 0.9, 0.8].reduce((sum, p) => sum + Math.log(p), 0) / 5;
    expect(quality.metrics).toEqual({
      accuracy: 0.6,
      accuracy_low: expect.any(Number),
      accuracy_high: expect.any(Number),
      log_loss: expect.closeTo(loss, 6),
      auc: 5 / 6,
    });
  });

  test('are counted by predicted and actual', () =>
    expect(quality.pairs).toEqual([
      { predicted: 'no', actual: 'no', count: 2 },
      { predicted: 'no', actual: 'yes', count: 1 },
      { predicted: 'yes', actual: 'no', count: 1 },
      { predicted: 'yes', actual: 'yes', count: 1 },
    ]));

  test('below a hundred are not judged, whatever their metrics', () => {
    const n = (count: number) =>
      labelQuality(classes, ofLabels(new Array<Labelled>(count).fill(labelled(0.9, 'yes'))), 200);
    expect(n(99)).toMatchObject({
      status: 'insufficient_data',
      labels: 99,
      coverage: 99 / 200,
      metrics: { accuracy: 1 },
    });
    expect(n(100)).toMatchObject({ status: 'judged', labels: 100, coverage: 0.5 });
  });

  test('of no rows have no metrics', () =>
    expect(labelQuality(classes, none, 0)).toEqual({
      status: 'insufficient_data',
      labels: 0,
      coverage: null,
      median_lag_seconds: null,
      metrics: {},
      pairs: [],
    }));

  test('without probabilities have neither loss nor ranking', () => {
    const sums = labelSums(classes, { prediction: 'yes', actual: 'yes', lagSeconds: 1 });
    expect(Object.keys(labelQuality(classes, sums, 1).metrics)).toEqual([
      'accuracy',
      'accuracy_low',
      'accuracy_high',
    ]);
  });

  test('that the model does not know are counted together, and as an impossible outcome', () => {
    const quality = labelQuality(classes, ofLabels([labelled(0.9, 'maybe'), labelled(0.9, '__proto__')]), 2);
    expect(quality.pairs).toEqual([{ predicted: 'yes', actual: '__other__', count: 2 }]);
    expect(quality.metrics.log_loss).toBeCloseTo(-Math.log(1e-15), 5);
    expect(quality.metrics.accuracy).toBe(0);
  });

  test.each([
    [0, 0],
    [0.0199, 1],
    [0.02, 2],
    [0.999, 99],
    [1, 99],
  ])('with the score %d are in bin %i of the ranking', (yes, bin) => {
    expect(labelSums(classes, labelled(yes, 'yes')).get(`score:1:${bin}`)).toBe(1n);
    expect(labelSums(classes, labelled(yes, 'no')).get(`score:0:${bin}`)).toBe(1n);
  });

  test.each([
    [['0', '1'], 1, '1'],
    [['0.0', '1.0'], 1, '1.0'],
    [['1', '1.0'], 1, '1'],
    [['', 'a'], 0, '0'],
    [['1.0'], '1', '1'],
  ])('%j: %j is the label %s', (names, label, text) => expect(labelOf(names, label)).toBe(text));
});

/** scipy 1.17.1, binomtest(…).proportion_ci(0.95, 'wilson'). */
const intervals: [correct: number, n: number, low: number, high: number][] = [
  [0, 100, 0, 0.03699349820698568],
  [60, 100, 0.5020025867910618, 0.6905987135675411],
  [99, 100, 0.9455138038212946, 0.9982325679358593],
  [100, 100, 0.9630065017930143, 1],
  [4321, 5000, 0.8544243819032877, 0.8734164239999327],
  [1, 3, 0.06149194472039626, 0.7923403991979523],
];

describe('the interval of an accuracy', () => {
  test.each(intervals)('%i of %i', (correct, n, low, high) => {
    const { accuracy_low, accuracy_high } = wilson(correct, n);
    expect(accuracy_low).toBeCloseTo(low, 12);
    expect(accuracy_high).toBeCloseTo(high, 12);
  });
});

describe('the errors of a regression', () => {
  const ofErrors = (pairs: [number, number][]) =>
    merge(pairs.map(([prediction, actual]) => errorSums({ prediction, actual, lagSeconds: 1 })));

  test('give MAE, RMSE and bias', () => {
    const sums = ofErrors([
      [3, 1],
      [0, 1],
      [5, 5],
      [-1, 0.5],
    ]);
    expect(errorQuality(sums, 4).metrics).toEqual({
      mae: 4.5 / 4,
      rmse: expect.closeTo(Math.sqrt((4 + 1 + 2.25) / 4), 12),
      bias: -0.5 / 4,
    });
  });

  test('of tiny and of large numbers keep their digits, and so do both together', () => {
    const tiny: [number, number][] = [
      [3e-9, 1e-9],
      [2e-9, 4e-9],
    ];
    expect(errorQuality(ofErrors(tiny), 2).metrics).toEqual({
      mae: expect.closeTo(2e-9, 16),
      rmse: expect.closeTo(2e-9, 16),
      bias: expect.closeTo(0, 16),
    });
    expect(errorQuality(ofErrors([...tiny, [4e20, 1e20], [0, 0]]), 4).metrics.mae).toBeCloseTo(0.75e20, -12);
  });

  test('at the ends of the range of numbers stay sums that can be stored, and metrics that JSON has', () => {
    const sums = ofErrors([
      [1.7e308, -1.7e308],
      [-1.7e308, 1.7e308],
      [5e-324, 0],
    ]);
    for (const amount of sums.values()) expect(String(amount).length).toBeLessThan(22);
    const { metrics } = errorQuality(sums, 2);
    expect(metrics).toEqual({ mae: Number.MAX_VALUE, rmse: Number.MAX_VALUE, bias: 0 });
  });

  test('are those of a direct computation, whatever the numbers', () => {
    // Squares of smaller ones are lost in a direct computation.
    const some = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((x) => (Math.abs(x) < 1e-100 ? 0 : x));
    fc.assert(
      fc.property(fc.array(fc.tuple(some, some), { minLength: 1, maxLength: 40 }), (pairs) => {
        const errors = pairs.map(([prediction, actual]) => prediction - actual);
        const mean = (of: number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
        const mae = mean(errors.map(Math.abs));
        const { metrics } = errorQuality(ofErrors(pairs), pairs.length);
        const near = (found: number | undefined, exact: number) =>
          expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThanOrEqual(2e-6 * mae);
        near(metrics.mae, mae);
        near(metrics.bias, mean(errors));
        near(metrics.rmse, Math.sqrt(mean(errors.map((error) => error * error))));
      }),
    );
  });
});

const anyLabelled = fc.record({
  prediction: fc.constantFrom('yes', 'no'),
  probabilities: fc.option(
    fc.double({ min: 0, max: 1, noNaN: true }).map((yes) => ({ yes, no: 1 - yes })),
    { nil: undefined },
  ),
  actual: fc.oneof(fc.constantFrom('yes', 'no', 'maybe'), fc.integer()),
  lagSeconds: fc.double(),
});
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const anyMeasured = fc.record({ prediction: finite, actual: finite, lagSeconds: fc.double() });
const anyRow = fc.oneof(
  anyLabelled.map((row) => labelSums(classes, row)),
  anyMeasured.map((row) => errorSums(row)),
);

describe('sums', () => {
  test('are the same in any order and split', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyRow, fc.integer({ min: 0, max: 3 }))), (rows) => {
        const whole = merge(rows.map(([sums]) => sums));
        const oneByOne = rows.toReversed().reduce((sums, [row]) => add(sums, row), none);
        const parts = [3, 1, 0, 2].map((n) =>
          merge(rows.filter(([, part]) => part === n).map(([sums]) => sums)),
        );
        expect(oneByOne).toEqual(whole);
        expect(merge(parts)).toEqual(whole);
      }),
    );
  });

  test('after a correction are as if the corrected label had come first', () => {
    fc.assert(
      fc.property(fc.array(anyRow), anyRow, anyRow, (others, before, after) => {
        const wrong = merge([...others, before]);
        expect(add(wrong, correction(before, after))).toEqual(merge([...others, after]));
        expect(subtract(wrong, before)).toEqual(merge(others));
        expect(correction(before, before).size).toBe(0);
        expect(add(none, correction(undefined, after))).toEqual(merge([after]));
      }),
    );
  });
});

test('the AUC of 100 bins is near the exact one, and exact where scores lie in bins of their own', () => {
  const bins = fc.array(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.boolean()), {
    minLength: 2,
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      bins.filter((list) => list.some(([, yes]) => yes) && list.some(([, yes]) => !yes)),
      (list) => {
        const rows = list.map(([bin, yes]) => labelled((bin + 0.5) / 100, yes ? 'yes' : 'no'));
        const yes = list.filter(([, is]) => is).map(([bin]) => bin);
        const no = list.filter(([, is]) => !is).map(([bin]) => bin);
        const wins = yes.flatMap((a) => no.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const exact = wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
        expect(labelQuality(classes, ofLabels(rows), rows.length).metrics.auc).toBeCloseTo(exact, 12);
      },
    ),
  );
});
