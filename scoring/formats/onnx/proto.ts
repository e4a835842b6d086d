/**
 * The parts of onnx.proto that a model of tables needs (github.com/onnx/onnx, onnx/onnx.proto): names and places of
 * the fields, and what is read of them. Messages inside stay bytes until an operation asks for them.
 */
import { allIn, bytesIn, type Message, textFrom, textIn, wholeIn } from '../../bytes/protobuf.ts';
import { caps } from '../../caps.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';

export type OnnxNode = {
  op: string;
  /** Empty for the operations of ONNX itself; `ai.onnx` is another name of it. */
  domain: string;
  /** An input that is left out has no name. */
  inputs: string[];
  outputs: string[];
  attributes: ReadonlyMap<string, Message>;
  at: string;
};

/** `dimensions`: a number, or −1 where the file leaves it open; null where it says nothing of the shape. */
export type OnnxInput = { name: string; type: number; dimensions: number[] | null };

export type OnnxModel = {
  producer: string;
  irVersion: number;
  /** The version of the operations by domain. */
  versions: ReadonlyMap<string, number>;
  functions: boolean;
  nodes: OnnxNode[];
  constants: ReadonlyMap<string, Message>;
  inputs: OnnxInput[];
  outputs: string[];
};

/** Numbers of element types, as TensorProto has them. */
export const elements = { single: 1, byte: 2, whole32: 6, whole: 7, text: 8, truth: 9, double: 11 } as const;

const domainOf = (name: string) => (name === 'ai.onnx' ? '' : name);

const texts = (message: Message, field: number, most: number): string[] =>
  allIn(message, field, most).map(textFrom);

export function onnxModel(bytes: Message): OnnxModel {
  const graph = bytesIn(bytes, 7);
  if (!graph) throw malformed('The ONNX model has no graph.');
  const irVersion = wholeIn(bytes, 1);
  if (irVersion === undefined) throw malformed('The ONNX model does not tell its version.');
  if (bytesIn(graph, 15))
    throw refuse('unsupported_model', 'Sparse constants in ONNX are not supported.', 'Export dense ones.');
  const constants = new Map<string, Message>();
  for (const tensor of allIn(graph, 5, caps.graphNodes)) constants.set(textIn(tensor, 8), tensor);
  const nodes = allIn(graph, 1, caps.graphNodes).map(nodeOf);
  const names = nodes.reduce((sum, { inputs, attributes }) => sum + inputs.length + attributes.size, 0);
  if (names > caps.graphNames) throw tooLarge('The graph has too many tensors and attributes.');
  const inputs = allIn(graph, 11, caps.features).map(inputOf);
  return {
    producer: textIn(bytes, 2),
    irVersion,
    versions: new Map(
      allIn(bytes, 8, 100).map((set) => [domainOf(textIn(set, 1)), wholeIn(set, 2) ?? 0] as const),
    ),
    functions: bytesIn(bytes, 25) !== undefined,
    nodes,
    constants,
    // Old files list constants as inputs too.
    inputs: inputs.filter(({ name }) => !constants.has(name)),
    outputs: allIn(graph, 12, caps.outputs).map((output) => textIn(output, 1)),
  };
}

const mostAttributes = 100;

function nodeOf(message: Message, index: number): OnnxNode {
  const attributes = new Map<string, Message>();
  for (const attribute of allIn(message, 5, mostAttributes)) attributes.set(textIn(attribute, 1), attribute);
  return {
    op: textIn(message, 4),
    domain: domainOf(textIn(message, 7)),
    inputs: texts(message, 1, caps.features),
    outputs: texts(message, 2, 100),
    attributes,
    at: `node ${index}`,
  };
}

const empty = new Uint8Array(0);

function inputOf(message: Message): OnnxInput {
  const name = textIn(message, 1);
  if (name.length > caps.nameLength) throw tooLarge('The name of an input is too long.');
  const tensor = bytesIn(bytesIn(message, 2) ?? empty, 1);
  if (!tensor)
    throw refuse(
      'unsupported_model',
      'An input of the ONNX model is no tensor.',
      'Export the model with tensors as inputs.',
    );
  const shape = bytesIn(tensor, 2);
  const dimensions = shape ? allIn(shape, 1, 8).map((dimension) => wholeIn(dimension, 1) ?? -1) : null;
  return { name, type: wholeIn(tensor, 1) ?? 0, dimensions };
}

/** Every message below an attribute that would be run, were it a graph. */
export const holdsGraph = (attribute: Message): boolean =>
  bytesIn(attribute, 6) !== undefined || bytesIn(attribute, 11) !== undefined;
