import { malformed, refuse } from '../../refusals.ts';
import { type Builder, checkAxes } from './builder.ts';
import type { OnnxNode } from './proto.ts';
import { sizeOf } from './tensor.ts';
import type { Value } from './value.ts';

/** One operation of the file, its inputs known; what it returns are its outputs. */
export type Call = { node: OnnxNode; inputs: readonly (Value | null)[]; graph: Builder };

export type Lower = (call: Call) => Value[];

export function input({ node, inputs }: Call, place: number): Value {
  const value = inputs[place];
  if (!value) throw malformed('An operation lacks an input.', node.at);
  return value;
}

/** An input that is numbers: no text, and no label that only the answer has. */
export function numeric(call: Call, place = 0): Value {
  const value = input(call, place);
  if (value.type !== 'text' && (value.node >= 0 || value.constant)) return value;
  throw refuse(
    'unsupported_model',
    `The ONNX operation ${call.node.op} takes a text or the label of a classifier, which is not supported.`,
    'Export a model whose further steps take numbers, such as probabilities.',
    call.node.at,
  );
}

/** The values of an input that the file itself must tell, such as a shape. */
export function known(call: Call, place: number): Float64Array {
  const { constant } = input(call, place);
  if (constant) return constant;
  throw refuse(
    'unsupported_model',
    `The ONNX operation ${call.node.op} takes a computed shape or index, which is not supported.`,
    'Export the model with constant shapes.',
    call.node.at,
  );
}

/** How many rows and columns a tensor of at most two dimensions has. */
export function matrixOf({ shape }: Value, node: OnnxNode): { rows: number; columns: number } {
  if (shape.length > 2 || shape.length === 0) throw wrongShape(node);
  return { rows: shape.length === 2 ? (shape[0] as number) : 1, columns: shape[shape.length - 1] as number };
}

/** Like `matrixOf`, for operations of ONNX-ML, which see one row at a time. */
export function columnsOf(value: Value, node: OnnxNode): number {
  const { rows, columns } = matrixOf(value, node);
  if (rows !== 1) throw wrongShape(node);
  return columns;
}

export const wrongShape = (node: OnnxNode) =>
  malformed('The shapes of the tensors do not fit the operation.', node.at);

/** A place counted from the end if it is negative. */
export function axisOf(axis: number, rank: number, node: OnnxNode): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!(Number.isInteger(found) && found >= 0 && found < rank)) throw wrongShape(node);
  return found;
}

/** The same values in another shape. */
export function reshaped(value: Value, shape: readonly number[], node: OnnxNode): Value {
  checkAxes(shape);
  if (sizeOf(shape) !== sizeOf(value.shape)) throw wrongShape(node);
  return { ...value, shape };
}

/** How far apart neighbours along each axis are. */
export const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
