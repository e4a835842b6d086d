import { lagCounter } from './lag.ts';
import type { Sums } from './sums.ts';

/** A classifier's labels, in the model's order; of two classes, which one the score is of. */
export type Classes = { classes: readonly string[]; positive?: string };

/** One prediction of a classifier and what it turned out to be. */
export type Labelled = {
  prediction: string | number;
  probabilities?: Readonly<Record<string, number>>;
  actual: string | number;
  /** From the prediction to the observation. */
  lagSeconds: number;
};

/** What is no class of the model, or beyond the first fifty, is counted together in pairs. */
const mostPaired = 50;
export const elsewhere = 'other';
export const scoreBins = 100;
/** A loss is −ln of the probability of what came true, in millionths; a probability of 0 counts as this one. */
export const millionth = 1e6;
const leastProbability = 1e-15;

/**
 * What one labelled row adds: `labels`, `correct`, `pair:<predicted>:<actual>` by place of the class, `losses` and
 * `loss`, `score:<0 or 1>:<bin>` where 1 is the positive class, `lag:<bucket>`.
 */
export function labelSums({ classes, positive }: Classes, row: Labelled): Sums {
  const predicted = labelOf(classes, row.prediction);
  const actual = labelOf(classes, row.actual);
  const sums = new Map<string, bigint>([
    ['labels', 1n],
    [pairCounter(classes, predicted, actual), 1n],
    [lagCounter(row.lagSeconds), 1n],
  ]);
  if (predicted === actual) sums.set('correct', 1n);
  const probability = probabilityOf(row, actual);
  if (probability !== undefined) {
    const loss = -Math.log(Math.max(probability, leastProbability));
    sums.set('losses', 1n);
    sums.set('loss', BigInt(Math.round(loss * millionth)));
  }
  const score = positive === undefined ? undefined : probabilityOf(row, positive);
  if (score !== undefined) sums.set(scoreCounter(actual === positive, binOfScore(score)), 1n);
  return sums;
}

export const scoreCounter = (isPositive: boolean, bin: number): string =>
  `score:${isPositive ? 1 : 0}:${bin}`;

const binOfScore = (score: number) => Math.min(scoreBins - 1, Math.floor(score * scoreBins));

const pairCounter = (classes: readonly string[], predicted: string, actual: string) =>
  `pair:${place(classes, predicted)}:${place(classes, actual)}`;

function place(classes: readonly string[], label: string): string {
  const at = classes.indexOf(label);
  return at < 0 || at >= mostPaired ? elsewhere : String(at);
}

/** Labels are compared as texts; a number is that of the class that reads as this number. */
export function labelOf(classes: readonly string[], label: string | number): string {
  const text = String(label);
  if (typeof label === 'string' || classes.includes(text)) return text;
  return classes.find((name) => name.trim() !== '' && Number(name) === label) ?? text;
}

/** Undefined where the model gave none; a class that it does not know had no probability. */
function probabilityOf({ probabilities }: Labelled, label: string): number | undefined {
  if (!probabilities) return undefined;
  const probability = Object.hasOwn(probabilities, label) ? (probabilities[label] as number) : 0;
  return probability >= 0 ? Math.min(probability, 1) : undefined;
}
