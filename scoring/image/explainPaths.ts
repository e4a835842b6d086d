import type { Trees } from '../ir.ts';

/** What TreeSHAP knows of every path before it sees a row; one entry per node. */
export type Paths = {
  parent: Int32Array;
  /** The share of its parent's training rows that a node got. */
  share: Float64Array;
  /** Of a split, the nearest node at or above it that a split on the same feature led to, or −1. */
  ancestor: Int32Array;
  /** The share of training rows that the splits on one feature let through down to a node; of its parent's one. */
  passed: Float64Array;
  /** Distinct features on the way to a node. */
  distinct: Int32Array;
  /** Leaves weighed by the shares of training rows that reach them. */
  mean: Float64Array;
};

/** Parents stand before their children, so one pass from the front knows every path. */
export function pathsOf(trees: Trees): Paths {
  const { feature, left } = trees;
  const count = feature.length;
  const parent = new Int32Array(count).fill(-1);
  const share = sharesOf(trees);
  const ancestor = new Int32Array(count).fill(-1);
  const passed = new Float64Array(count).fill(1);
  const distinct = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    const first = left[node] as number;
    if (first < 0) continue;
    const above = sameAbove(feature, parent, node);
    ancestor[node] = above;
    for (let child = first; child <= first + 1; child++) {
      parent[child] = node;
      passed[child] = (above < 0 ? 1 : (passed[above] as number)) * (share[child] as number);
      distinct[child] = (distinct[node] as number) + (above < 0 ? 1 : 0);
    }
  }
  return { parent, share, ancestor, passed, distinct, mean: meansOf(trees, share) };
}

function sameAbove(feature: Int32Array, parent: Int32Array, split: number): number {
  let node = split;
  let above = parent[node] as number;
  while (above >= 0 && feature[above] !== feature[split]) {
    node = above;
    above = parent[node] as number;
  }
  return above < 0 ? -1 : node;
}

/** Halves where no training row is known to have come. */
function sharesOf({ feature, left, cover }: Trees): Float64Array {
  const share = new Float64Array(feature.length).fill(1);
  for (let node = 0; node < share.length; node++) {
    const first = left[node] as number;
    if (first < 0) continue;
    const whole = cover[node] as number;
    for (let child = first; child <= first + 1; child++)
      share[child] = whole > 0 ? (cover[child] as number) / whole : 0.5;
  }
  return share;
}

function meansOf({ left, leaf }: Trees, share: Float64Array): Float64Array {
  const mean = leaf.slice();
  for (let node = mean.length - 1; node >= 0; node--) {
    const first = left[node] as number;
    if (first < 0) continue;
    const part = (child: number) => (share[child] as number) * (mean[child] as number);
    mean[node] = part(first) + part(first + 1);
  }
  return mean;
}
