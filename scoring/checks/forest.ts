import { type Caps, caps as defaultCaps } from '../caps.ts';
import type { Terms, Trees } from '../ir.ts';
import { malformed, tooLarge } from '../refusals.ts';
import { tableStore } from './tables.ts';
import { type Bounds, type RawTree, rawTree, type Walk, walkTree } from './validate.ts';

export type Forest = ReturnType<typeof forest>;

/** Grows validated trees one by one: every node reached at most once, every index and number in range. */
export function forest(bounds: Bounds, caps: Caps = defaultCaps) {
  const grown = { nodes: 0, depth: 0, capacity: 1024, columns: rawTree(1024) };
  const roots: number[] = [];
  const outputOf: number[] = [];
  const tables = tableStore(caps);
  const reach = new Float64Array(bounds.outputs);

  function add(tree: RawTree, output: number, at: string): void {
    if (roots.length >= caps.trees) throw tooLarge(`The model has more than ${caps.trees} trees.`);
    if (!(Number.isInteger(output) && output >= 0 && output < bounds.outputs))
      throw malformed('A tree belongs to an output that the model does not have.', at);
    const walk = walkTree(tree, bounds, caps, at);
    if (grown.nodes + walk.order.length > caps.nodes)
      throw tooLarge(`The model has more than ${caps.nodes} nodes.`);
    makeRoom(grown, walk.order.length);
    roots.push(grown.nodes);
    outputOf.push(output);
    reach[output] = (reach[output] as number) + copyTree(tree, walk, grown.columns, grown.nodes);
    grown.nodes += walk.order.length;
    grown.depth = Math.max(grown.depth, walk.depth);
  }

  function finish(
    rest: Pick<Trees, 'compare' | 'sum' | 'base' | 'baseLast' | 'combine'>,
    terms: Terms | null,
  ): Trees {
    const { columns, nodes } = grown;
    for (let output = 0; output < bounds.outputs; output++)
      if (!((reach[output] as number) + Math.abs(rest.base[output] as number) < bounds.largest))
        throw malformed('The leaves add up to more than a number can hold.');
    return {
      type: 'trees',
      ...rest,
      depth: grown.depth,
      root: Int32Array.from(roots),
      outputOf: Int32Array.from(outputOf),
      kind: columns.kind.slice(0, nodes),
      feature: columns.feature.slice(0, nodes),
      threshold: columns.threshold.slice(0, nodes),
      left: columns.left.slice(0, nodes),
      missingRight: columns.missingRight.slice(0, nodes),
      table: columns.table.slice(0, nodes),
      leaf: columns.leaf.slice(0, nodes),
      cover: columns.cover.slice(0, nodes),
      ...tables.finish(),
      terms,
    };
  }

  return { add, addTable: tables.add, finish };
}

/** The largest absolute leaf comes back: it bounds what the tree can add. */
function copyTree(tree: RawTree, walk: Walk, to: RawTree, first: number): number {
  let largest = 0;
  for (let i = 0; i < walk.order.length; i++) {
    const node = walk.order[i] as number;
    const left = walk.left[i] as number;
    to.kind[first + i] = tree.kind[node] as number;
    to.feature[first + i] = tree.feature[node] as number;
    to.threshold[first + i] = tree.threshold[node] as number;
    to.left[first + i] = left < 0 ? -1 : first + left;
    to.missingRight[first + i] = tree.missingRight[node] as number;
    to.table[first + i] = tree.table[node] as number;
    to.leaf[first + i] = tree.leaf[node] as number;
    to.cover[first + i] = tree.cover[node] as number;
    if (left < 0) largest = Math.max(largest, Math.abs(tree.leaf[node] as number));
  }
  return largest;
}

function makeRoom(grown: { nodes: number; capacity: number; columns: RawTree }, more: number): void {
  if (grown.nodes + more <= grown.capacity) return;
  grown.capacity = Math.max(grown.capacity * 2, grown.nodes + more);
  const old = grown.columns;
  grown.columns = rawTree(grown.capacity);
  grown.columns.kind.set(old.kind);
  grown.columns.feature.set(old.feature);
  grown.columns.threshold.set(old.threshold);
  grown.columns.left.set(old.left);
  grown.columns.missingRight.set(old.missingRight);
  grown.columns.table.set(old.table);
  grown.columns.leaf.set(old.leaf);
  grown.columns.cover.set(old.cover);
}
