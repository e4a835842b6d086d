/** From the inputs of a graph to the features of a row. */
import type { Feature } from '../../ir.ts';
import { malformed, refuse } from '../../refusals.ts';
import { checkFeatureCount } from '../features.ts';
import { floatsAttribute, wholesAttribute } from './attributes.ts';
import type { Builder } from './builder.ts';
import type { OnnxInput, OnnxModel, OnnxNode } from './proto.ts';
import { elementType, tensorOf } from './tensor.ts';
import type { ElementType, Value } from './value.ts';

export type Inputs = { features: Feature[]; values: Map<string, Value>; allSingle: boolean };

/** Scalar inputs are features by their names; the columns of the only input are f0, f1, …, of one among others X_0, … */
export function readInputs(model: OnnxModel, graph: Builder): Inputs {
  const features: Feature[] = [];
  const values = new Map<string, Value>();
  const inputs = model.inputs.map((input) => ({ ...input, kind: elementType(input.type, 'input') }));
  for (const input of inputs) {
    if (values.has(input.name)) throw malformed('Two inputs have the same name.');
    const { shape, width } = shapeOf(input, model);
    checkFeatureCount(features.length + width);
    const places = Int32Array.from({ length: width }, (_, i) => features.length + i);
    features.push(...namesOf(input.name, width, inputs.length === 1).map(featureOf(input.kind)));
    // A whole number cannot be missing.
    if (/whole|truth/.test(input.kind)) for (const place of places) graph.required.add(place);
    const made = graph.make('row', input.kind, shape, { inputs: [], attributes: { features: places } });
    values.set(input.name, { ...made, features: places });
  }
  if (features.length === 0) throw malformed('The ONNX model has no inputs.');
  const allSingle = inputs.every(({ kind }) => kind === 'single' || kind === 'text');
  return { features, values, allSingle };
}

const featureOf =
  (kind: ElementType) =>
  (name: string): Feature => ({ name, kind: kind === 'text' ? 'category' : 'number' });

function namesOf(name: string, width: number, alone: boolean): string[] {
  if (width === 1) return [name];
  return Array.from({ length: width }, (_, i) => (alone ? `f${i}` : `${name}_${i}`));
}

/** One row: the first dimension of two is how many rows there are. */
function shapeOf(input: OnnxInput, model: OnnxModel): { shape: number[]; width: number } {
  const dimensions = input.dimensions ?? [-1, -1];
  const [rows = -1, columns = -1] = dimensions;
  if (dimensions.length === 0 || dimensions.length > 2)
    throw refuse(
      'unsupported_model',
      'An input of the ONNX model is neither a column nor a table.',
      'Export the model with one table as its input, or one column for each feature.',
    );
  if (dimensions.length === 1) return { shape: [1], width: 1 };
  if (rows > 1)
    throw refuse(
      'unsupported_model',
      'The ONNX model takes several rows at once.',
      'Export it with an open number of rows.',
    );
  const width = columns > 0 ? columns : widthOf(input.name, model);
  if (!Number.isInteger(width)) throw malformed('The lists of a linear model do not fit.');
  return { shape: [1, width], width };
}

/** Where the input does not tell how many columns it has, what takes it does. */
function widthOf(name: string, model: OnnxModel): number {
  const names = new Set([name]);
  for (const node of model.nodes) {
    if (!names.has(node.inputs[0] ?? '')) continue;
    if (node.op === 'Identity' || node.op === 'Cast') names.add(node.outputs[0] ?? '');
    const width = taken(node, model);
    if (width > 0) return width;
  }
  throw refuse(
    'unsupported_model',
    'The ONNX model does not tell how many columns its input has.',
    'Export it with the number of columns in the shape of its input.',
  );
}

function taken(node: OnnxNode, model: OnnxModel): number {
  const length = (attribute: string) => floatsAttribute(node, attribute).length;
  switch (node.op) {
    case 'Scaler':
      return length('offset') > 1 ? length('offset') : 0;
    case 'Imputer':
      return length('imputed_value_floats') > 1 ? length('imputed_value_floats') : 0;
    case 'LinearClassifier':
    case 'LinearRegressor':
      return length('coefficients') / Math.max(1, length('intercepts'));
    case 'MatMul': {
      const weights = model.constants.get(node.inputs[1] ?? '');
      return weights ? (tensorOf(weights, node.at).shape[0] ?? 0) : 0;
    }
    case 'TreeEnsembleClassifier':
    case 'TreeEnsembleRegressor':
      return wholesAttribute(node, 'nodes_featureids').reduce((most, id) => Math.max(most, id + 1), 1);
    default:
      return 0;
  }
}
