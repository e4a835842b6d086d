import { type Output, outputsOf } from '../ir.ts';
import { calibrated } from './calibration.ts';
import { isSecond, likeliest } from './labels.ts';
import { firstOf, toValue, valuesOf } from './values.ts';

/**
 * Classifiers answer with a label, regressions with a number, anomaly detectors with a score; several targets are
 * in `outputs`, the first of them in `prediction`.
 */
export type Prediction = {
  prediction: string | number;
  probabilities?: Record<string, number>;
  /** Beside the others, if the model was calibrated; the label comes from the others. */
  calibrated?: Record<string, number>;
  outputs?: (string | number)[];
  /** How long the paths through an isolation forest are on average. */
  mean_length?: number;
  /** Only where the model holds a threshold. */
  anomalous?: boolean;
};

/** `row` is the row that was scored, before any encoding: H2O breaks ties by it. */
export type Answer = (margins: Float64Array, row: Float64Array) => Prediction;

/** From the margins of a row to what its caller is told. */
export function answerOf(output: Output): Answer {
  switch (output.kind) {
    case 'multinomial':
    case 'ordinal':
      return classesAnswer(output);
    case 'anomaly':
      return anomaly(output);
    case 'regression':
      return output.targets > 1 ? several(output) : regression(output);
    case 'binomial':
      return output.targets > 1 ? several(output) : twoClasses(output);
  }
}

function regression(output: Output): Answer {
  const value = toValue(output);
  return (margins) => ({ prediction: value(margins[0] as number) });
}

function anomaly(output: Output): Answer {
  const score = toValue(output);
  const { path } = output;
  return (margins) => {
    const margin = margins[0] as number;
    const prediction = score(margin);
    if (!path) return { prediction };
    const answer = { prediction, mean_length: margin / path.trees };
    return path.threshold === undefined ? answer : { ...answer, anomalous: prediction > path.threshold };
  };
}

function several(output: Output): Answer {
  const value = toValue(output);
  const second = isSecond(output);
  const [no, yes] = output.classes as [string, string];
  const one = (margin: number) =>
    output.kind === 'binomial' ? (second(value(margin)) ? yes : no) : value(margin);
  return (margins) => {
    const outputs = Array.from(margins, one);
    return { prediction: outputs[0] as string | number, outputs };
  };
}

function twoClasses(output: Output): Answer {
  const second = isSecond(output);
  const [no, yes] = output.classes as [string, string];
  const pair = pairOf(output);
  // Copying an object and writing into it is four times faster than making one with computed keys.
  const empty: Record<string, number> = { [no]: 0, [yes]: 0 };
  const both = (p0: number, p1: number) => {
    const shares = { ...empty };
    shares[no] = p0;
    shares[yes] = p1;
    return shares;
  };
  // A hinge decides without a probability: none is made up.
  if (output.link === 'step') {
    const value = toValue(output);
    return (margins) => ({ prediction: second(value(margins[0] as number)) ? yes : no });
  }
  if (!output.calibration)
    return (margins) => {
      const { p0, p1 } = pair(margins);
      return { prediction: second(p1) ? yes : no, probabilities: both(p0, p1) };
    };
  const calibrate = calibrated(output.calibration);
  return (margins) => {
    const { p0, p1 } = pair(margins);
    const c1 = calibrate(p0, p1);
    return {
      prediction: second(p1) ? yes : no,
      probabilities: both(p0, p1),
      calibrated: both(1 - c1, c1),
    };
  };
}

/** Most models have one margin and need no list for it. */
function pairOf(output: Output): (margins: Float64Array) => { p0: number; p1: number } {
  const first = firstOf(output);
  const value = toValue(output);
  const values = valuesOf(output);
  if (output.priors || outputsOf(output) === 2)
    return (margins) => {
      const [p0 = 0, p1 = 0] = values(margins);
      return { p0, p1 };
    };
  return (margins) => {
    const margin = margins[0] as number;
    const p1 = value(margin);
    return { p0: first(margin, p1), p1 };
  };
}

function classesAnswer(output: Output): Answer {
  const { classes } = output;
  const values = valuesOf(output);
  const best = likeliest(output);
  return (margins, row) => {
    const probabilities = values(margins);
    return {
      prediction: classes[best(probabilities, row)] as string,
      probabilities: Object.fromEntries(classes.map((name, c) => [name, probabilities[c] as number])),
    };
  };
}
