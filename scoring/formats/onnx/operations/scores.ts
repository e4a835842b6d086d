/** Scores of classifiers and regressions after the model itself, as ONNX Runtime transforms them. */

import { caps } from '../../../caps.ts';
import { malformed, refuse } from '../../../refusals.ts';
import { textAttribute, textsAttribute, wholesAttribute } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import type { OnnxNode } from '../proto.ts';
import { type Scores, type Value, valueWith } from '../value.ts';

const transforms = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'] as const;
export type Transform = (typeof transforms)[number];

export function transformOf(node: OnnxNode): Transform {
  const name = textAttribute(node, 'post_transform', 'NONE');
  const found = transforms.find((transform) => transform === name);
  if (found) return found;
  throw malformed('A transformation of scores has no known name.', node.at);
}

/** Names of the classes; whole numbers as texts. */
export function classesOf(node: OnnxNode, wholes: string): string[] {
  const texts = textsAttribute(node, 'classlabels_strings', caps.outputs);
  const classes = texts.length > 0 ? texts : Array.from(wholesAttribute(node, wholes), String);
  if (classes.length < 2)
    throw refuse(
      'unsupported_model',
      'A classifier of the ONNX model has fewer than two classes.',
      'Train it on at least two classes.',
      node.at,
    );
  if (classes.length > caps.outputs || new Set(classes).size < classes.length)
    throw malformed('The classes of the model are too many or not distinct.', node.at);
  return classes;
}

/** One score per class or target; a single target is left as it is, which only PROBIT is not. */
export function transformed(graph: Builder, scores: Value, transform: Transform): Value {
  const width = scores.shape[scores.shape.length - 1] as number;
  const inputs = [scores];
  const make = (op: 'logistic' | 'probit' | 'softmax' | 'softmaxZero') =>
    graph.make(op, scores.type, scores.shape, { inputs, attributes: { width } });
  if (transform === 'PROBIT') return make('probit');
  if (transform === 'NONE' || width === 1) return scores;
  if (transform === 'LOGISTIC') return make('logistic');
  return make(transform === 'SOFTMAX' ? 'softmax' : 'softmaxZero');
}

export type Second = 'rest' | 'opposite';

/** Two columns from the score of the second class: what is left of 1 beside it, or its opposite. */
export function both(graph: Builder, score: Value, second: Second): Value {
  const one = graph.filled(score.type, score.shape, second === 'rest' ? 1 : 0);
  const first = graph.make('subtract', score.type, score.shape, { inputs: [one, score] });
  return graph.pick([first, score], Int32Array.of(0, 1), new Int32Array(2), [1, 2]);
}

/** The two outputs of a classifier: its label, which is only told, and its scores. */
export function classified(scores: Value, told: Scores): Value[] {
  const value = { ...scores, features: null, scores: told };
  const label = { classes: told.classes, of: value };
  return [valueWith('text', [1], -1, { label }), value];
}

/** A classifier's label and scores that two runtimes, or the library and its own definition, would not agree on. */
export const ambiguous = (what: string, node: OnnxNode) =>
  refuse(
    'unsupported_model',
    `The model has ${what}, which runtimes of ONNX read differently.`,
    'Export the model again with a current converter, or upload the original model.',
    node.at,
  );
