/** Operations that only move values: what they do is settled here, one index per value. */

import { caps } from '../../../caps.ts';
import { malformed, refuse, tooLarge } from '../../../refusals.ts';
import { tensorAttribute, textsAttribute, wholeAttribute, wholesAttribute } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import { axisOf, type Call, input, known, type Lower, numeric, reshaped, wrongShape } from '../call.ts';
import { elementType, sizeOf, type Tensor } from '../tensor.ts';
import { type Value, valueWith } from '../value.ts';

export const identity: Lower = (call) => [input(call, 0)];

export function constantValue(tensor: Tensor, graph: Builder): Value {
  graph.charge(sizeOf(tensor.shape));
  const { type, shape, values, texts } = tensor;
  return valueWith(type, shape, -1, { constant: values, texts });
}

export const constant: Lower = ({ node, graph }) => {
  const tensor = tensorAttribute(node, 'value');
  if (tensor) return [constantValue(tensor, graph)];
  throw refuse(
    'unsupported_model',
    'An ONNX constant is not given as a tensor.',
    'Export the model with tensors as constants.',
    node.at,
  );
};

/** Between numbers; a label may become whatever it likes, for it is told as a text. */
export const cast: Lower = (call) => {
  const { node, graph } = call;
  const value = input(call, 0);
  const type = elementType(wholeAttribute(node, 'to', 0), node.at);
  if (value.label && (value.node < 0 || type === 'text')) return [value];
  const from = numeric(call);
  if (type === from.type) return [from];
  const { label } = value;
  if (type === 'text')
    throw refuse(
      'unsupported_model',
      'The ONNX model makes texts of numbers, which is not supported.',
      'Export the model with numbers as categories.',
      node.at,
    );
  const one = { inputs: [from] };
  if (type === 'whole') return [{ ...graph.make('whole', type, from.shape, one), label }];
  if (type === 'truth') return [graph.make('truth', type, from.shape, one)];
  const places = Int32Array.from({ length: sizeOf(from.shape) }, (_, i) => i);
  const attributes = { from: new Int32Array(places.length), at: places };
  const made = graph.make('pick', type, from.shape, { inputs: [from], attributes });
  // A whole number or a single one stays what it is in double precision.
  const exact = type === 'double' || from.type === 'truth';
  const scores = from.scores && { ...from.scores, ensemble: exact ? from.scores.ensemble : null };
  return [{ ...made, features: exact ? from.features : null, scores, label }];
};

export const concat: Lower = (call) => {
  const { node, graph, inputs } = call;
  const values = inputs.map((_, i) => input(call, i));
  const [first] = values;
  if (!first) throw wrongShape(node);
  const axis = axisOf(wholeAttribute(node, 'axis', 1), first.shape.length, node);
  for (const { shape } of values)
    if (shape.length !== first.shape.length || shape.some((size, i) => i !== axis && size !== first.shape[i]))
      throw wrongShape(node);
  const shape = first.shape.map((size, i) =>
    i === axis ? values.reduce((sum, value) => sum + (value.shape[i] as number), 0) : size,
  );
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const total = sizeOf(shape);
  if (total > caps.graphValues) throw tooLarge(`A tensor has more than ${caps.graphValues} values.`, node.at);
  const from = new Int32Array(total);
  const at = new Int32Array(total);
  let next = 0;
  for (let block = 0; block < outer; block++)
    values.forEach((value, which) => {
      const run = (value.shape[axis] as number) * inner;
      from.fill(which, next, next + run);
      for (let i = 0; i < run; i++) at[next++] = block * run + i;
    });
  return [graph.pick(values, from, at, shape)];
};

/** One tensor's values at these places along an axis. */
function taken(call: Call, value: Value, axis: number, places: ArrayLike<number>, shape: number[]): Value {
  const { node, graph } = call;
  const size = value.shape[axis] as number;
  const outer = sizeOf(value.shape.slice(0, axis));
  const inner = sizeOf(value.shape.slice(axis + 1));
  const total = outer * places.length * inner;
  if (total > caps.graphValues) throw wrongShape(node);
  const at = new Int32Array(total);
  let next = 0;
  for (let block = 0; block < outer; block++)
    for (let i = 0; i < places.length; i++) {
      const place = axisOf(places[i] as number, size, node);
      for (let j = 0; j < inner; j++) at[next++] = (block * size + place) * inner + j;
    }
  return graph.pick([value], new Int32Array(total), at, shape);
}

/** A list of classes at the place of the largest score is the label. */
function named(call: Call, place: Value): Value | null {
  const { texts, constant } = input(call, 0);
  if (!place.label || !(texts ?? constant)) return null;
  const classes = texts ?? Array.from(constant ?? [], String);
  return valueWith('text', place.shape, -1, { label: { classes, of: place.label.of } });
}

export const gather: Lower = (call) => {
  const { node } = call;
  const place = input(call, 1);
  const label = named(call, place);
  if (label) return [label];
  const value = movable(call);
  const axis = axisOf(wholeAttribute(node, 'axis', 0), value.shape.length, node);
  const shape = [...value.shape.slice(0, axis), ...place.shape, ...value.shape.slice(axis + 1)];
  return [taken(call, value, axis, known(call, 1), shape)];
};

export const extract: Lower = (call) => {
  const { node } = call;
  const place = input(call, 1);
  const label = named(call, place);
  if (label) return [label];
  const value = movable(call);
  const places = known(call, 1);
  const axis = axisOf(-1, value.shape.length, node);
  const shape = value.shape.length === 1 ? [1, places.length] : [...value.shape.slice(0, -1), places.length];
  return [taken(call, value, axis, places, shape)];
};

/** Numbers, or texts that come from the row. */
function movable(call: Call): Value {
  const value = input(call, 0);
  return value.features ? value : numeric(call);
}

export const reshape: Lower = (call) => {
  const { node } = call;
  const value = input(call, 0);
  if (value.label && value.node < 0) return [value];
  const keeps = wholeAttribute(node, 'allowzero', 0) === 0;
  const wanted = Array.from(known(call, 1));
  const shape = wanted.map((size, i) => (size === 0 && keeps ? (value.shape[i] ?? 0) : size));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = sizeOf(value.shape) / sizeOf(shape.filter((_, i) => i !== open));
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) throw wrongShape(node);
  return [reshaped(value, shape, node)];
};

export const flatten: Lower = (call) => {
  const { node } = call;
  const value = input(call, 0);
  const axis = wholeAttribute(node, 'axis', 1);
  const cut = axis === value.shape.length ? axis : axisOf(axis, value.shape.length, node);
  return [reshaped(value, [sizeOf(value.shape.slice(0, cut)), sizeOf(value.shape.slice(cut))], node)];
};

const axesOf = (call: Call): number[] =>
  Array.from(call.inputs[1] ? known(call, 1) : wholesAttribute(call.node, 'axes'));

export const squeeze: Lower = (call) => {
  const { node } = call;
  const value = input(call, 0);
  if (value.label && value.node < 0) return [value];
  const axes = axesOf(call).map((axis) => axisOf(axis, value.shape.length, node));
  const gone = (axis: number) => (axes.length === 0 ? value.shape[axis] === 1 : axes.includes(axis));
  return [
    reshaped(
      value,
      value.shape.filter((_, axis) => !gone(axis)),
      node,
    ),
  ];
};

export const unsqueeze: Lower = (call) => {
  const { node } = call;
  const value = input(call, 0);
  const axes = axesOf(call);
  const rank = value.shape.length + axes.length;
  if (rank > caps.graphAxes) throw wrongShape(node);
  const added = new Set(axes.map((axis) => axisOf(axis, rank, node)));
  const rest = [...value.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
  return [reshaped(value, shape, node)];
};

/** The scores of a classifier by the names of their classes: the same numbers. */
export const zipMap: Lower = (call) => {
  const { node } = call;
  const value = numeric(call);
  const texts = textsAttribute(node, 'classlabels_strings', caps.outputs);
  const wholes = wholesAttribute(node, 'classlabels_int64s');
  const classes = texts.length > 0 ? texts : Array.from(wholes, String);
  if (classes.length !== value.shape[value.shape.length - 1])
    throw malformed('There are more or fewer classes than scores.', node.at);
  return [{ ...value, scores: { raw: false, apart: false, ensemble: null, ...value.scores, classes } }];
};
