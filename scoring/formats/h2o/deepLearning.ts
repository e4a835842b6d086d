import { caps } from '../../caps.ts';
import type { Layer, Link, Network, Output } from '../../ir.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import type { Header } from './header.ts';
import { type Info, nameAt, needNumbers, needWord, numbersAt, wordAt } from './info.ts';
import { layoutOf, numberSlot, oneHot } from './layout.ts';
import { binomialOutput, multinomialOutput, regressionOutput, withPriors } from './outputs.ts';
import { cannotExplain, type Part } from './part.ts';

/** A feed-forward network; its weights are lists in the description of the model. */
export function readDeepLearning(header: Header): Part {
  const { info, features, offset } = header;
  const layout = layoutOf(header);
  const multiply = scalesAt(info, 'norm_mul', layout.numbers);
  const subtract = scalesAt(info, 'norm_sub', layout.numbers);
  const encoding = oneHot(header, layout, {
    cold: 0,
    // Missing is the mean, which is 0 once a column is standardised.
    number: (feature, index) => ({
      ...numberSlot(feature, 0),
      subtract: subtract?.[index] ?? 0,
      multiply: multiply?.[index] ?? 1,
    }),
  });
  const distribution = nameAt(info, 'distribution') ?? 'gaussian';
  const output = withPriors(outputOf(header, distribution), header);
  const layers = layersOf(info, encoding.length, Math.max(1, header.classes.length));
  const core: Network = { type: 'network', compare: 'f64', layers, response: responseOf(header) };
  const notes =
    offset === undefined ? [] : [`H2O's deep learning MOJOs ignore the offset column "${offset}".`];
  return {
    objective: distribution,
    features,
    encoding,
    core,
    output,
    contributions: cannotExplain('DeepLearning'),
    notes,
  };
}

/** Absent or empty where nothing is standardised. */
function scalesAt(info: Info, key: string, length: number): Float64Array | undefined {
  const scales = numbersAt(info, key);
  if (!scales || scales.length === 0) return undefined;
  return needNumbers(info, key, length);
}

const links = new Map<string, Link>([
  ['gaussian', 'identity'],
  ['laplace', 'identity'],
  ['huber', 'identity'],
  ['quantile', 'identity'],
  ['poisson', 'expCapped'],
  ['gamma', 'expCapped'],
  ['tweedie', 'expCapped'],
]);

function outputOf(header: Header, distribution: string): Output {
  const count = header.classes.length;
  if (distribution !== 'modified_huber' && wordAt(header.info, 'category') !== 'AutoEncoder') {
    if (count > 2) return multinomialOutput(header, 'softmax');
    if (count === 2) return binomialOutput(header, 'softmax');
    const link = links.get(distribution);
    if (link) return regressionOutput(link);
  }
  throw refuse(
    'unsupported_model',
    `H2O deep learning as an autoencoder, or with the distribution ${shown(distribution)}, is not supported.`,
    'Train a classifier, or a regression with distribution="gaussian", "poisson", "gamma", "tweedie", "laplace", "quantile" or "huber".',
    'distribution',
  );
}

function responseOf({ info, classes }: Header): Network['response'] {
  if (classes.length > 0) return null;
  const [multiply] = numbersAt(info, 'norm_resp_mul') ?? [];
  const [subtract] = numbersAt(info, 'norm_resp_sub') ?? [];
  if (multiply === undefined || subtract === undefined) return null;
  if (multiply === 0) throw malformed('The response is scaled by 0.', 'norm_resp_mul');
  return { multiply, subtract };
}

const activations = new Map<string, Layer['activation']>([
  ['Rectifier', 'rectifier'],
  ['Tanh', 'tanh'],
  ['ExpRectifier', 'expRectifier'],
  ['Maxout', 'maxout'],
]);
const dropout = /WithDropout$/;

function layersOf(info: Info, width: number, outputs: number): Layer[] {
  const sizes = numbersAt(info, 'neural_network_sizes') ?? new Float64Array(0);
  if (sizes.length < 2 || sizes[0] !== width || sizes.at(-1) !== outputs)
    throw malformed('The layers of the network do not fit its columns and classes.', 'neural_network_sizes');
  if (!sizes.every((size) => Number.isInteger(size) && size > 0 && size <= caps.features))
    throw malformed('A layer of the network has no proper size.', 'neural_network_sizes');
  if (sizes.length > caps.nesting) throw tooLarge(`The network has more than ${caps.nesting} layers.`);
  const word = needWord(info, 'activation');
  const activation = activations.get(word.replace(dropout, ''));
  if (!activation)
    throw refuse(
      'unsupported_model',
      `The activation ${shown(word)} is not supported.`,
      'Train with Rectifier, Tanh, ExpRectifier or Maxout.',
      'activation',
    );
  const ratios = dropout.test(word) ? numbersAt(info, 'hidden_dropout_ratios') : undefined;
  return Array.from({ length: sizes.length - 1 }, (_, i) => {
    const isLast = i === sizes.length - 2;
    const shape = { inputs: sizes[i] as number, units: sizes[i + 1] as number };
    return layerOf(info, i, shape, isLast ? 'identity' : activation, isLast ? 0 : (ratios?.[i] ?? 0));
  });
}

function layerOf(
  info: Info,
  index: number,
  { inputs, units }: { inputs: number; units: number },
  activation: Layer['activation'],
  ratio: number,
): Layer {
  const pieces = activation === 'maxout' ? 2 : 1;
  const weights = needNumbers(info, `weight_layer${index}`, pieces * inputs * units).map(Math.fround);
  const bias = needNumbers(info, `bias_layer${index}`, pieces * units);
  if (!weights.every(Number.isFinite))
    throw malformed('A weight is not a finite number.', `weight_layer${index}`);
  return { inputs, units, activation, keep: ratio > 0 ? 1 - ratio : 1, weights, bias };
}
