import { byCodePoint } from '../drift/values.ts';
import { errorMetrics } from './errors.ts';
import { type Classes, elsewhere, millionth, scoreBins, scoreCounter } from './labels.ts';
import { medianLag } from './lag.ts';
import { countOf, type Sums } from './sums.ts';

/** How well a window was predicted, as far as its labels have come in. */
export type Quality = {
  status: 'judged' | 'insufficient_data';
  labels: number;
  /** Labels ÷ predictions; null where nothing was predicted. */
  coverage: number | null;
  median_lag_seconds: number | null;
  /**
   * Classification: accuracy with its Wilson 95 % interval accuracy_low … accuracy_high, log_loss, auc. Regression:
   * mae, rmse, bias (prediction − actual). What is not defined is left out.
   */
  metrics: Record<string, number>;
  /** Of classifiers: how often each label was predicted for each that came true. */
  pairs?: { predicted: string; actual: string; count: number }[];
};

/** Fewer labels are not judged. */
const leastLabels = 100;
/** Of the normal distribution, 97.5 %. */
const z = 1.959963984540054;

export function labelQuality({ classes, positive }: Classes, sums: Sums, predictions: number): Quality {
  const labels = countOf(sums, 'labels');
  const correct = countOf(sums, 'correct');
  const losses = countOf(sums, 'losses');
  return {
    ...judged(sums, predictions),
    metrics: {
      ...(labels > 0 && { accuracy: correct / labels, ...wilson(correct, labels) }),
      ...(losses > 0 && { log_loss: countOf(sums, 'loss') / millionth / losses }),
      ...(positive !== undefined && areaUnderCurve(sums)),
    },
    pairs: pairsOf(classes, sums),
  };
}

export const errorQuality = (sums: Sums, predictions: number): Quality => ({
  ...judged(sums, predictions),
  metrics: errorMetrics(sums),
});

/** Of answers that no label can be right or wrong about: how many there are, and how late. */
export const countQuality = (sums: Sums, predictions: number): Quality => ({
  ...judged(sums, predictions),
  metrics: {},
});

function judged(sums: Sums, predictions: number) {
  const labels = countOf(sums, 'labels');
  return {
    status: labels < leastLabels ? ('insufficient_data' as const) : ('judged' as const),
    labels,
    coverage: predictions > 0 ? Math.min(1, labels / predictions) : null,
    median_lag_seconds: medianLag(sums),
  };
}

/** The interval of a share, after Wilson (1927). */
export function wilson(correct: number, n: number): { accuracy_low: number; accuracy_high: number } {
  const share = correct / n;
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  return {
    accuracy_low: Math.max(0, (middle - half) / whole),
    accuracy_high: Math.min(1, (middle + half) / whole),
  };
}

/** The chance that a positive row has the higher score; rows of one bin count as equal. */
function areaUnderCurve(sums: Sums): { auc?: number } {
  let below = 0;
  let positives = 0;
  let pairs = 0;
  for (let bin = 0; bin < scoreBins; bin++) {
    const yes = countOf(sums, scoreCounter(true, bin));
    const no = countOf(sums, scoreCounter(false, bin));
    pairs += yes * (below + no / 2);
    below += no;
    positives += yes;
  }
  return positives > 0 && below > 0 ? { auc: pairs / positives / below } : {};
}

function pairsOf(classes: readonly string[], sums: Sums) {
  const nameOf = (place: string) =>
    place === elsewhere ? '__other__' : (classes[Number(place)] ?? '__other__');
  return [...sums]
    .map(([counter, count]) => ({ parts: counter.split(':'), count: Number(count) }))
    .filter(({ parts }) => parts[0] === 'pair')
    .map(({ parts: [, predicted = '', actual = ''], count }) => ({
      predicted: nameOf(predicted),
      actual: nameOf(actual),
      count,
    }))
    .toSorted(
      (a, b) => b.count - a.count || byCodePoint(a.predicted, b.predicted) || byCodePoint(a.actual, b.actual),
    );
}
