import type { Model } from '../model.ts';
import { errorSums } from './errors.ts';
import { type Classes, labelOf, labelSums } from './labels.ts';
import { lagCounter } from './lag.ts';
import { countQuality, errorQuality, labelQuality, type Quality } from './quality.ts';
import type { Sums } from './sums.ts';

/** How the answers of a model are judged: for good, for what was counted is taken out again by the same rule. */
export type Judge =
  | ({ by: 'labels' } & Classes)
  | { by: 'errors' }
  /** A score of how unusual a row is has no true value: labels are counted alone. */
  | { by: 'nothing' };

/** A prediction and what came true. */
export interface Judged {
  prediction: string | number;
  /** Of each class, in the model's order. */
  probabilities?: readonly number[];
  actual: string | number;
  lagSeconds: number;
}

/** A classifier is known by the label that it gave at registration; of those made before classes were kept, none are known. */
export function judgeOf({ probe, classes, schema }: Pick<Model, 'probe' | 'classes' | 'schema'>): Judge {
  if (classes || typeof probe?.prediction === 'string')
    return {
      by: 'labels',
      classes: classes ?? [],
      ...(classes?.length === 2 && { positive: classes[1] as string }),
    };
  return schema?.problem_type === 'anomaly' ? { by: 'nothing' } : { by: 'errors' };
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What was reported, as it is kept: a label's text, or a finite number. Undefined where it is none. */
export function readActual(judge: Judge, actual: string | number): string | number | undefined {
  if (judge.by === 'labels') return labelOf(judge.classes, actual);
  if (judge.by === 'nothing' || typeof actual === 'number') return actual;
  const number = decimal.test(actual.trim()) ? Number(actual) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** What one judged row adds to the counters of its hour. */
export function judged(judge: Judge, { prediction, probabilities, actual, lagSeconds }: Judged): Sums {
  if (judge.by === 'labels')
    return labelSums(judge, {
      ...{ prediction, actual, lagSeconds },
      ...(probabilities?.length === judge.classes.length && { probabilities: named(judge, probabilities) }),
    });
  if (judge.by === 'errors' && typeof prediction === 'number' && typeof actual === 'number')
    return errorSums({ prediction, actual, lagSeconds });
  return new Map([
    ['labels', 1n],
    [lagCounter(lagSeconds), 1n],
  ]);
}

const named = ({ classes }: Classes, probabilities: readonly number[]) =>
  Object.fromEntries(classes.map((name, i) => [name, probabilities[i] as number]));

/** How well a window of `predictions` rows was answered, by the sums of its hours. */
export function qualityOf(judge: Judge, sums: Sums, predictions: number): Quality {
  if (judge.by === 'labels') return labelQuality(judge, sums, predictions);
  return judge.by === 'errors' ? errorQuality(sums, predictions) : countQuality(sums, predictions);
}
