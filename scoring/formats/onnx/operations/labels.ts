/** LabelEncoder: from texts and numbers to numbers; and other names for the label of a classifier. */
import { caps } from '../../../caps.ts';
import { malformed, refuse } from '../../../refusals.ts';
import {
  floatAttribute,
  floatsAttribute,
  tensorAttribute,
  textAttribute,
  textsAttribute,
  wholeAttribute,
  wholesAttribute,
} from '../attributes.ts';
import { type Call, input, type Lower, numeric, wrongShape } from '../call.ts';
import type { OnnxNode } from '../proto.ts';
import type { ElementType, Value } from '../value.ts';
import { byCode } from './codes.ts';

export const labelEncoder: Lower = (call) => {
  const { node, graph } = call;
  const value = input(call, 0);
  if (value.label) return [renamed(call, value)];
  const to = encoded(node);
  if (value.type === 'text') {
    const keys =
      tensorAttribute(node, 'keys_tensor')?.texts ?? textsAttribute(node, 'keys_strings', caps.levels);
    checkLengths(keys, to.values, node);
    const found = new Map(keys.map((key, i) => [key, to.values[i] as number]));
    const attributes = byCode(call, value, found, to.other);
    return [graph.make('lookupCode', to.type, value.shape, { inputs: [value], attributes })];
  }
  const keys = numbersFrom(call, value.type);
  checkLengths(keys, to.values, node);
  const attributes = { keys, values: to.values, other: Float64Array.of(to.other) };
  return [graph.make('lookup', to.type, value.shape, { inputs: [numeric(call)], attributes })];
};

/** Before version 4 a key that is NaN was equal to nothing: it is another one that no input has. */
function numbersFrom({ node, graph }: Call, type: ElementType): Float64Array {
  const tensor = tensorAttribute(node, 'keys_tensor');
  if (tensor && tensor.type !== type) throw wrongShape(node);
  const named =
    type === 'whole' ? wholesAttribute(node, 'keys_int64s') : floatsAttribute(node, 'keys_floats');
  const keys = tensor?.values ?? named;
  if ((graph.versions.get('ai.onnx.ml') ?? 1) >= 4) return keys;
  return keys.map((key) => (Number.isNaN(key) ? Number.POSITIVE_INFINITY : key));
}

function checkLengths(keys: ArrayLike<unknown>, values: ArrayLike<unknown>, node: OnnxNode): void {
  if (keys.length > 0 && keys.length === values.length) return;
  throw refuse(
    'unsupported_model',
    'The ONNX operation LabelEncoder does not have a key for each of its values.',
    'Export the model with version 2 or later of ai.onnx.ml.',
    node.at,
  );
}

/** What the keys become: numbers, for texts cannot be computed. */
function encoded(node: OnnxNode): { type: ElementType; values: Float64Array; other: number } {
  const tensor = tensorAttribute(node, 'values_tensor');
  if (tensor) {
    if (!tensor.values) throw malformed('A LabelEncoder makes texts of numbers.', node.at);
    const other = tensorAttribute(node, 'default_tensor')?.values?.[0];
    return { type: tensor.type, values: tensor.values, other: other ?? (tensor.type === 'whole' ? -1 : -0) };
  }
  const wholes = wholesAttribute(node, 'values_int64s');
  if (wholes.length > 0)
    return { type: 'whole', values: wholes, other: wholeAttribute(node, 'default_int64', -1) };
  const values = floatsAttribute(node, 'values_floats');
  return { type: 'single', values, other: floatAttribute(node, 'default_float', -0) };
}

/** Labels told by other names: from their places or their own names. */
function renamed({ node }: Call, value: Value): Value {
  const list = (kind: string): string[] => {
    const texts = textsAttribute(node, `${kind}_strings`, caps.outputs);
    return texts.length > 0 ? texts : Array.from(wholesAttribute(node, `${kind}_int64s`), String);
  };
  const keys = list('keys');
  const values = list('values');
  const { label } = value;
  if (!label || keys.length === 0 || keys.length !== values.length) throw wrongShape(node);
  const old = label.classes ?? keys.map((_, i) => String(i));
  const names = new Map(keys.map((key, i) => [key, values[i] as string]));
  const classes = old.map((name) => names.get(name) ?? textAttribute(node, 'default_string', '_Unused'));
  return { ...value, type: 'text', node: -1, constant: null, label: { ...label, classes } };
}
