import type { Caps } from '../caps.ts';
import { nodeKind } from '../ir.ts';
import { malformed, tooLarge } from '../refusals.ts';

/**
 * One tree as its file numbers the nodes, 0 the root; a leaf has feature −1. Nothing in it is trusted yet.
 */
export type RawTree = {
  size: number;
  kind: Uint8Array;
  feature: Int32Array;
  threshold: Float64Array;
  left: Int32Array;
  right: Int32Array;
  missingRight: Uint8Array;
  table: Int32Array;
  leaf: Float64Array;
  cover: Float64Array;
};

export function rawTree(size: number): RawTree {
  return {
    size,
    kind: new Uint8Array(size),
    feature: new Int32Array(size).fill(-1),
    threshold: new Float64Array(size),
    left: new Int32Array(size).fill(-1),
    right: new Int32Array(size).fill(-1),
    missingRight: new Uint8Array(size),
    table: new Int32Array(size).fill(-1),
    leaf: new Float64Array(size),
    cover: new Float64Array(size),
  };
}

/** What the nodes of a forest may refer to and hold. */
export type Bounds = {
  features: number;
  outputs: number;
  /** LightGBM writes them where all values go one way. */
  infiniteThresholds: boolean;
  /** What the leaves of an output may add up to. */
  largest: number;
};

export type Walk = { order: Int32Array; left: Int32Array; depth: number };

/** Breadth first, so that siblings become neighbours; what no path reaches is dropped. */
export function walkTree(tree: RawTree, bounds: Bounds, caps: Caps, at: string): Walk {
  const order = new Int32Array(tree.size);
  const left = new Int32Array(tree.size);
  const level = new Int32Array(tree.size);
  const seen = new Uint8Array(tree.size);
  let count = 0;
  let depth = 0;
  const reach = (node: number, below: number) => {
    if (!(node >= 0 && node < tree.size)) throw malformed('A node points outside its tree.', at);
    if (seen[node] === 1) throw malformed('A node of the tree is reached twice.', at);
    if (below > caps.depth) throw tooLarge(`A tree is deeper than ${caps.depth}.`, at);
    seen[node] = 1;
    level[count] = below;
    depth = Math.max(depth, below);
    order[count++] = node;
  };
  reach(0, 0);
  for (let i = 0; i < count; i++) {
    const node = order[i] as number;
    checkNode(tree, node, bounds, at);
    left[i] = -1;
    if ((tree.feature[node] as number) < 0) continue;
    left[i] = count;
    const below = (level[i] as number) + 1;
    reach(tree.left[node] as number, below);
    reach(tree.right[node] as number, below);
  }
  return { order: order.subarray(0, count), left, depth };
}

function checkNode(tree: RawTree, node: number, bounds: Bounds, at: string): void {
  const cover = tree.cover[node] as number;
  if (!(cover >= 0 && cover < Number.POSITIVE_INFINITY))
    throw malformed('A cover is negative or not a finite number.', at);
  if (tree.kind[node] === nodeKind.leaf) {
    if (!Number.isFinite(tree.leaf[node])) throw malformed('A leaf is not a finite number.', at);
    return;
  }
  if ((tree.feature[node] as number) >= bounds.features)
    throw malformed('A split uses a feature that the model does not have.', at);
  const threshold = tree.threshold[node] as number;
  if (Number.isNaN(threshold) || !(bounds.infiniteThresholds || Number.isFinite(threshold)))
    throw malformed('A threshold is not a finite number.', at);
}
