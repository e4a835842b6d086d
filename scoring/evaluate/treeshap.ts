import type { Trees } from '../ir.ts';
import { coldSum, copy, extend, hotSum, indexOf, type Path, pathsFor, unwind } from './path.ts';
import { goesRight } from './trees.ts';

/**
 * Exact path-dependent TreeSHAP (Lundberg, Erion, Lee: "Consistent individualized feature attribution for
 * tree
 * ensembles", algorithm 2), in double precision: the readable reference that faster kernels are held to.
 */
export type Explain = (row: Float64Array, out: Float64Array) => void;

/** Adds, per output, one contribution per feature and then the bias. */
export function treeShap(trees: Trees, features: number): Explain {
  const path = pathsFor(trees.depth);
  const shares = sharesOf(trees);
  const means = meansOf(trees, shares);
  const width = features + 1;
  return (row, out) => {
    for (let output = 0; output < trees.base.length; output++) {
      const bias = output * width + features;
      out[bias] = (out[bias] as number) + (trees.base[output] as number);
    }
    for (let tree = 0; tree < trees.root.length; tree++) {
      const start = (trees.outputOf[tree] as number) * width;
      const root = trees.root[tree] as number;
      out[start + features] = (out[start + features] as number) + (means[root] as number);
      const walk: Walk = { trees, shares, path, row, phi: out.subarray(start, start + width) };
      descend(walk, root, 0, 0, 0, -1, 1, 1);
    }
  };
}

/**
 * About how many steps one explanation takes: every node looks at the whole path above it, feature by
 * feature.
 */
export function explanationWork(trees: Trees): number {
  const depth = new Int32Array(trees.feature.length).fill(1);
  let work = 0;
  for (let node = 0; node < depth.length; node++) {
    const d = depth[node] as number;
    work += d * d;
    const left = trees.left[node] as number;
    if (left >= 0) depth.fill(d + 1, left, left + 2);
  }
  return work;
}

/** The share of its parent's training rows that each node got; halves where nothing is known. */
function sharesOf(trees: Trees): Float64Array {
  const shares = new Float64Array(trees.feature.length).fill(1);
  for (let node = 0; node < shares.length; node++) {
    const left = trees.left[node] as number;
    if (left < 0) continue;
    const whole = trees.cover[node] as number;
    shares[left] = whole > 0 ? (trees.cover[left] as number) / whole : 0.5;
    shares[left + 1] = whole > 0 ? (trees.cover[left + 1] as number) / whole : 0.5;
  }
  return shares;
}

/** Children come after their parents, so one pass from the end knows every mean. */
function meansOf(trees: Trees, shares: Float64Array): Float64Array {
  const means = trees.leaf.slice();
  for (let node = means.length - 1; node >= 0; node--) {
    const left = trees.left[node] as number;
    if (left < 0) continue;
    const right = left + 1;
    means[node] =
      (shares[left] as number) * (means[left] as number) +
      (shares[right] as number) * (means[right] as number);
  }
  return means;
}

type Walk = { trees: Trees; shares: Float64Array; path: Path; row: Float64Array; phi: Float64Array };

/**
 * One node of the walk. The path above it, `length` entries, lies at `above`; its own copy, longer by the
 * edge that led
 * here, at `at`. The edge: which feature, what share of the training rows took it, whether this row does.
 */
function descend(
  walk: Walk,
  node: number,
  above: number,
  at: number,
  length: number,
  feature: number,
  zero: number,
  one: number,
): void {
  // Where neither the row nor any training row goes, nothing is contributed, and nothing may be divided by.
  if (zero === 0 && one === 0) return;
  const { trees, path } = walk;
  copy(path, above, at, length);
  extend(path, at, length, feature, zero, one);
  const column = trees.feature[node] as number;
  if (column < 0) settle(walk, at, length, trees.leaf[node] as number);
  else branch(walk, node, column, at, length);
}

function branch(walk: Walk, node: number, column: number, at: number, last: number): void {
  const { trees, shares, path, row } = walk;
  let length = last;
  let zero = 1;
  let one = 1;
  const seen = indexOf(path.feature, column, at, length);
  if (seen >= 0) {
    zero = path.zero[at + seen] as number;
    one = path.one[at + seen] as number;
    unwind(path, at, length, seen);
    length--;
  }
  const right = goesRight(trees, node, row[column] as number);
  const left = trees.left[node] as number;
  const next = at + length + 1;
  descend(walk, left, at, next, length + 1, column, zero * (shares[left] as number), right ? 0 : one);
  descend(walk, left + 1, at, next, length + 1, column, zero * (shares[left + 1] as number), right ? one : 0);
}

/** A leaf gives its value to every feature above it, by the weights as they would be without that feature. */
function settle(walk: Walk, at: number, length: number, leaf: number): void {
  const { path, phi } = walk;
  const cold = -coldSum(path.weight, at, length);
  for (let i = 1; i <= length; i++) {
    const feature = path.feature[at + i] as number;
    const zero = path.zero[at + i] as number;
    const part = path.one[at + i] === 1 ? hotSum(path.weight, at, length, zero) * (1 - zero) : cold;
    phi[feature] = (phi[feature] as number) + part * leaf;
  }
}
