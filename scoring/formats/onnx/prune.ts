import type { GraphNode } from '../../ir.ts';

/** The nodes that the result is made of, numbered anew; the rest only made labels, or nothing. */
export function pruned(nodes: readonly GraphNode[], result: number): { nodes: GraphNode[]; result: number } {
  const needed = new Uint8Array(nodes.length);
  needed[result] = 1;
  for (let i = result; i >= 0; i--)
    if (needed[i] === 1) for (const input of nodes[i]?.inputs ?? []) needed[input] = 1;
  const place = new Int32Array(nodes.length).fill(-1);
  const kept: GraphNode[] = [];
  nodes.forEach((node, i) => {
    if (needed[i] !== 1) return;
    place[i] = kept.length;
    kept.push({ ...node, inputs: node.inputs.map((input) => place[input] as number) });
  });
  return { nodes: kept, result: place[result] as number };
}
