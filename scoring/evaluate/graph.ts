import type { Graph } from '../ir.ts';
import { operations } from './graph/operations.ts';
import type { Sums } from './trees.ts';

/** Runs a graph for one row after the other, in memory of its own; margins go into `sums`. */
export function graphAdder({ nodes, result, margins }: Graph): (row: Float64Array, sums: Sums) => void {
  const source: { row: Float64Array } = { row: new Float64Array(0) };
  const values: Float64Array[] = nodes.map(({ size }) => new Float64Array(size));
  const steps: (() => void)[] = [];
  nodes.forEach((node, i) => {
    const out = values[i] as Float64Array;
    const inputs = node.inputs.map((input) => values[input] as Float64Array);
    const step = operations[node.op]({ node, inputs, out, source });
    // What needs no row is the same for every row.
    if (node.op === 'constant') step();
    else steps.push(step);
  });
  const held = values[result] as Float64Array;
  return (row, sums) => {
    source.row = row;
    for (const step of steps) step();
    for (let output = 0; output < margins.length; output++)
      sums[output] = held[margins[output] as number] as number;
  };
}
