import type { Output } from '../../ir.ts';
import { malformed } from '../../refusals.ts';
import type { Header } from './header.ts';
import { flagAt, type Info, numberAt, numbersAt } from './info.ts';

const plain = { scale: 1, targets: 1, divisor: 1 } as const;

export const regressionOutput = (link: Output['link']): Output => ({
  kind: 'regression',
  classes: [],
  link,
  ...plain,
});

/**
 * Java's exponential and ours may differ in the last digits of a probability. H2O's thresholds and the steps of its
 * calibrations are probabilities of training rows, so whole groups of rows may meet them exactly.
 */
export const slack = 2 ** -50;

/** Two classes are told apart by a threshold that H2O chose in training. */
export function binomialOutput({ info, classes }: Header, link: Output['link']): Output {
  if (classes.length !== 2) throw malformed('The model has not two classes.', 'n_classes');
  const told = numberAt(info, 'default_threshold') ?? 0.5;
  const threshold = told - Math.abs(told) * slack;
  return { kind: 'binomial', classes, link, ...plain, threshold };
}

/** Several classes; equal largest probabilities are told apart by a draw, except in GLM. */
export function multinomialOutput({ info, classes }: Header, link: Output['link']): Output {
  if (classes.length < 3) throw malformed('The model has fewer than three classes.', 'n_classes');
  const output: Output = { kind: 'multinomial', classes, link, ...plain };
  const prior = distributionAt(info, 'prior_class_distrib', classes.length);
  return prior ? { ...output, ties: prior } : output;
}

/** `balance_classes` trained on other shares of classes than there are: probabilities are put right. */
export function withPriors(output: Output, { info }: Header): Output {
  if (!flagAt(info, 'balance_classes') || output.classes.length === 0) return output;
  const prior = distributionAt(info, 'prior_class_distrib', output.classes.length);
  const model = distributionAt(info, 'model_class_distrib', output.classes.length);
  return prior && model ? { ...output, priors: { prior, model } } : output;
}

function distributionAt(info: Info, key: string, length: number): number[] | undefined {
  const shares = numbersAt(info, key);
  if (!shares) return undefined;
  if (shares.length !== length || !shares.every((share) => share >= 0))
    throw malformed('A class distribution does not fit the classes.', key);
  return [...shares];
}

export const anomalyOutput = (link: Output['link'], path: NonNullable<Output['path']>): Output => ({
  kind: 'anomaly',
  classes: [],
  link,
  ...plain,
  path,
});
