/** Operations of ONNX-ML that prepare the columns of a row. */
import { caps } from '../../../caps.ts';
import { malformed } from '../../../refusals.ts';
import {
  floatAttribute,
  floatsAttribute,
  textAttribute,
  textsAttribute,
  wholeAttribute,
  wholesAttribute,
} from '../attributes.ts';
import { type Call, columnsOf, input, type Lower, numeric, wrongShape } from '../call.ts';
import { sizeOf } from '../tensor.ts';
import type { Value } from '../value.ts';
import { byCode } from './codes.ts';

/** Whatever numbers come in, single precision goes on. */
export function single(call: Call, value: Value): Value {
  if (value.type === 'single') return value;
  const at = Int32Array.from({ length: sizeOf(value.shape) }, (_, i) => i);
  const attributes = { from: new Int32Array(at.length), at };
  return call.graph.make('pick', 'single', value.shape, { inputs: [value], attributes });
}

/** One number per column from a list that has one for each or one for all. */
function perColumn(list: Float64Array, columns: number, call: Call): Float64Array {
  if (list.length === columns) return list;
  if (list.length === 1) return new Float64Array(columns).fill(list[0] as number);
  throw wrongShape(call.node);
}

export const scaler: Lower = (call) => {
  const { node, graph } = call;
  const value = single(call, numeric(call));
  const columns = columnsOf(value, node);
  const list = (name: string) =>
    graph.constant('single', value.shape, perColumn(floatsAttribute(node, name), columns, call));
  const moved = graph.make('subtract', 'single', value.shape, { inputs: [value, list('offset')] });
  return [graph.make('multiply', 'single', value.shape, { inputs: [moved, list('scale')] })];
};

const norms = ['MAX', 'L1', 'L2'];

export const normalizer: Lower = (call) => {
  const { node, graph } = call;
  const value = single(call, numeric(call));
  const norm = norms.indexOf(textAttribute(node, 'norm', 'MAX'));
  if (norm < 0) throw malformed('A norm has no known name.', node.at);
  const width = columnsOf(value, node);
  const made = graph.make('normalise', 'single', value.shape, {
    inputs: [value],
    attributes: { width, norm },
  });
  return [
    { ...made, scores: value.scores && { ...value.scores, raw: false, apart: norm !== 1, ensemble: null } },
  ];
};

export const imputer: Lower = (call) => {
  const { node, graph } = call;
  const value = numeric(call);
  const columns = columnsOf(value, node);
  const whole = value.type === 'whole';
  if (!whole && value.type !== 'single') throw wrongShape(node);
  const list = whole
    ? wholesAttribute(node, 'imputed_value_int64s')
    : floatsAttribute(node, 'imputed_value_floats');
  const replaced = whole
    ? wholeAttribute(node, 'replaced_value_int64', 0)
    : floatAttribute(node, 'replaced_value_float', 0);
  const attributes = { values: perColumn(list, columns, call), replaced: Float64Array.of(replaced) };
  return [graph.make('impute', value.type, value.shape, { inputs: [value], attributes })];
};

export const oneHotEncoder: Lower = (call) => {
  const { node, graph } = call;
  const value = input(call, 0);
  const texts = textsAttribute(node, 'cats_strings', caps.levels);
  const wholes = wholesAttribute(node, 'cats_int64s');
  const width = texts.length > 0 ? texts.length : wholes.length;
  if (width === 0) throw malformed('A one-hot encoding has no categories.', node.at);
  const shape = [...value.shape, width];
  const place = placeOf(call, texts, wholes);
  if (wholeAttribute(node, 'zeros', 1) === 0) {
    for (const feature of value.features ?? []) graph.required.add(feature);
    graph.notes.add('A category that the model does not know is taken as none of its categories.');
  }
  return [graph.make('hot', 'single', shape, { inputs: [place], attributes: { width } })];
};

/** The place of each value's category, −1 for none; of equal categories the last counts, as in the library. */
function placeOf(call: Call, texts: string[], wholes: Float64Array): Value {
  const value = input(call, 0);
  const none = -1;
  if (value.type === 'text') {
    const attributes = byCode(call, value, new Map(texts.map((text, i) => [text, i])), none);
    return call.graph.make('lookupCode', 'whole', value.shape, { inputs: [value], attributes });
  }
  const number = numeric(call);
  const whole =
    number.type === 'whole' ? number : call.graph.make('whole', 'whole', number.shape, { inputs: [number] });
  const attributes = {
    keys: wholes,
    values: Float64Array.from(wholes, (_, i) => i),
    other: Float64Array.of(none),
  };
  return call.graph.make('lookup', 'whole', number.shape, { inputs: [whole], attributes });
}
