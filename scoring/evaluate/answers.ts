import type { Output } from '../ir.ts';
import { links, softmax } from './links.ts';

/**
 * Classifiers answer with a label, regressions with a number; several targets are in `outputs`, the first of
 * them in `prediction`.
 */
export type Prediction = {
  prediction: string | number;
  probabilities?: Record<string, number>;
  outputs?: (string | number)[];
};

type Answer = (margins: Float64Array) => Prediction;

/** From the margins of a row to what its caller is told. */
export function answerOf(output: Output): Answer {
  if (output.kind === 'multinomial') return multinomial(output);
  if (output.targets > 1) return several(output);
  return output.kind === 'binomial' ? binomial(output) : regression(output);
}

function toValue({ link, scale, divisor }: Output): (margin: number) => number {
  const through = links[link === 'softmax' ? 'identity' : link];
  return (margin) => finite(through((margin / divisor) * scale));
}

/** An answer beyond all numbers becomes the largest, which JSON can hold. */
const finite = (value: number) => Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);

function regression(output: Output): Answer {
  const value = toValue(output);
  return (margins) => ({ prediction: value(margins[0] as number) });
}

/** A tie is class 0, as in XGBoost and LightGBM. */
const labelOf = (classes: readonly string[], p1: number) => classes[p1 > 0.5 ? 1 : 0] as string;

function binomial(output: Output): Answer {
  const value = toValue(output);
  const { classes } = output;
  const [no, yes] = classes as [string, string];
  // A hinge decides without a probability: none is made up.
  if (output.link === 'step')
    return (margins) => ({ prediction: labelOf(classes, value(margins[0] as number)) });
  return (margins) => {
    const p1 = value(margins[0] as number);
    return { prediction: labelOf(classes, p1), probabilities: { [no]: 1 - p1, [yes]: p1 } };
  };
}

function several(output: Output): Answer {
  const value = toValue(output);
  const one = (margin: number) =>
    output.kind === 'binomial' ? labelOf(output.classes, value(margin)) : value(margin);
  return (margins) => {
    const outputs = Array.from(margins, one);
    return { prediction: outputs[0] as string | number, outputs };
  };
}

function multinomial(output: Output): Answer {
  const { classes, link, divisor } = output;
  const value = toValue(output);
  return (margins) => {
    const values = link === 'softmax' ? softmax(margins.map((m) => m / divisor)) : margins.map(value);
    let best = 0;
    for (let c = 1; c < values.length; c++) if ((values[c] as number) > (values[best] as number)) best = c;
    return {
      prediction: classes[best] as string,
      probabilities: Object.fromEntries(classes.map((name, c) => [name, values[c] as number])),
    };
  };
}
