/** What a graph answers: which of its outputs are scores, and what they mean. */
import { caps } from '../../caps.ts';
import type { Output } from '../../ir.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { sizeOf } from './tensor.ts';
import type { Value } from './value.ts';

export type Answer = {
  /** The tensor with the scores, and which of them are margins. */
  scores: Value;
  margins: Int32Array;
  output: Output;
  notes: string[];
};

const plain = { link: 'identity', scale: 1, divisor: 1 } as const;

export function answerOf(values: readonly Value[]): Answer {
  const labels = values.filter(({ label }) => label);
  const rest = values.filter(({ label }) => !label);
  if (labels.length > 1 || rest.length > 1 || values.length === 0) throw manyAnswers();
  const label = labels[0]?.label;
  const scores = rest[0] ?? label?.of;
  if (!scores || (scores.type !== 'single' && scores.type !== 'double') || scores.node < 0)
    throw refuse(
      'unsupported_model',
      'The ONNX model answers with something else than scores.',
      'Export a classifier with its probabilities, or a regression.',
    );
  const size = sizeOf(scores.shape);
  if (size > caps.outputs) throw tooLarge(`The model has more than ${caps.outputs} outputs.`);
  const named = label?.classes ?? scores.scores?.classes;
  const classes = named ?? (label ? numbered(size) : null);
  return classes ? classification(scores, [...classes], size) : regression(scores, size);
}

const manyAnswers = () =>
  refuse(
    'unsupported_model',
    'The ONNX model has several answers.',
    'Export it with one answer: a regression, or a label and its probabilities.',
  );

const numbered = (size: number): string[] =>
  Array.from({ length: size === 1 ? 2 : size }, (_, i) => String(i));

function regression(scores: Value, size: number): Answer {
  if (size === 0) throw malformed('The ONNX model has no outputs.');
  const margins = Int32Array.from({ length: size }, (_, i) => i);
  return { scores, margins, output: { kind: 'regression', classes: [], ...plain, targets: size }, notes: [] };
}

function classification(scores: Value, classes: string[], size: number): Answer {
  const told = scores.scores;
  const fits = size === classes.length || (size === 1 && classes.length === 2);
  if (!fits || classes.length < 2 || new Set(classes).size < classes.length)
    throw malformed('The classes of the model do not fit its scores.');
  const raw = told?.raw === true;
  if (classes.length === 2 && (size === 1 || !told?.apart)) {
    const output: Output = { kind: 'binomial', classes, ...plain, targets: 1 };
    const margins = Int32Array.of(size - 1);
    return { scores, margins, output: raw ? { ...output, link: 'step' } : output, notes: [] };
  }
  const margins = Int32Array.from(classes, (_, i) => i);
  const output: Output = { kind: 'multinomial', classes, ...plain, targets: 1 };
  const notes = raw ? ['The scores of this classifier are no probabilities: the largest one decides.'] : [];
  return { scores, margins, output, notes };
}
