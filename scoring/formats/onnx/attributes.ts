import { allIn, bytesIn, floatsIn, type Message, textFrom, wholeIn, wholesIn } from '../../bytes/protobuf.ts';
import { malformed } from '../../refusals.ts';
import type { OnnxNode } from './proto.ts';
import { type Tensor, tensorOf } from './tensor.ts';

/** Numbers of attribute types, as AttributeProto has them, and the field that holds the value. */
const kinds = {
  float: [1, 2],
  int: [2, 3],
  string: [3, 4],
  tensor: [4, 5],
  floats: [6, 7],
  ints: [7, 8],
  strings: [8, 9],
} as const;

function find(node: OnnxNode, name: string, kind: keyof typeof kinds): [Message, number] | undefined {
  const attribute = node.attributes.get(name);
  if (!attribute) return undefined;
  const [type, field] = kinds[kind];
  // Files of the first version do not tell the type.
  if ((wholeIn(attribute, 20) ?? type) !== type) throw malformed('An attribute is of a wrong type.', node.at);
  return [attribute, field];
}

export function wholeAttribute(node: OnnxNode, name: string, otherwise: number): number {
  const found = find(node, name, 'int');
  const value = found ? (wholeIn(...found) ?? 0) : otherwise;
  if (!Number.isSafeInteger(value)) throw malformed('An attribute is too large a number.', node.at);
  return value;
}

/** A number in single precision. */
export function floatAttribute(node: OnnxNode, name: string, otherwise: number): number {
  const found = find(node, name, 'float');
  return found ? (floatsIn(...found)[0] ?? 0) : otherwise;
}

export function textAttribute(node: OnnxNode, name: string, otherwise: string): string {
  const found = find(node, name, 'string');
  return found ? textFrom(bytesIn(...found) ?? new Uint8Array(0)) : otherwise;
}

/** Empty where the attribute is absent. */
export function floatsAttribute(node: OnnxNode, name: string): Float64Array {
  const found = find(node, name, 'floats');
  return found ? floatsIn(...found) : new Float64Array(0);
}

export function wholesAttribute(node: OnnxNode, name: string): Float64Array {
  const found = find(node, name, 'ints');
  const values = found ? wholesIn(...found) : new Float64Array(0);
  if (!values.every(Number.isSafeInteger)) throw malformed('An attribute holds too large a number.', node.at);
  return values;
}

export function textsAttribute(node: OnnxNode, name: string, most: number): string[] {
  const found = find(node, name, 'strings');
  return found ? allIn(...found, most).map(textFrom) : [];
}

/** The attribute's own message and field, for lists that are read without making texts of them. */
export const textsPlace = (node: OnnxNode, name: string): [Message, number] | undefined =>
  find(node, name, 'strings');

export function tensorAttribute(node: OnnxNode, name: string): Tensor | undefined {
  const found = find(node, name, 'tensor');
  const message = found && bytesIn(...found);
  return message && tensorOf(message, node.at);
}
