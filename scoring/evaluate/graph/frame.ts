/** What an operation is given, and how it asks for its attributes: a reader made them, so a missing one is a defect. */
import type { GraphNode, GraphValue, Trees } from '../../ir.ts';

export type Frame = {
  node: GraphNode;
  inputs: Float64Array[];
  out: Float64Array;
  /** The row that is being scored. */
  source: { row: Float64Array };
};

export type Operation = (frame: Frame) => () => void;

export const kept = (node: GraphNode): ((value: number) => number) =>
  node.single ? Math.fround : (value) => value;

export const first = ({ inputs }: Frame): Float64Array => inputs[0] as Float64Array;

export function indices(value: GraphValue | undefined): Int32Array {
  if (value instanceof Int32Array) return value;
  throw new RangeError('a graph node lacks its indices');
}

export function numbers(value: GraphValue | undefined): Float64Array {
  if (value instanceof Float64Array) return value;
  throw new RangeError('a graph node lacks its numbers');
}

export function count(value: GraphValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new RangeError('a graph node lacks a number');
}

export function forest(value: GraphValue | undefined): Trees {
  if (typeof value === 'object' && 'root' in value) return value;
  throw new RangeError('a graph node lacks its trees');
}
