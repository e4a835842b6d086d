import type { Trees } from '../ir.ts';
import { mostPoints } from '../kernels/explain/layout.ts';
import type { Paths } from './explainPaths.ts';

/** How the kernel sees one tree. */
export type Shape = {
  output: number;
  /** Points of its rule: half as many as distinct features on a path. */
  points: number;
  /** Splits with at least one split below, parents first. */
  inner: number[];
  /** Splits with two leaves. */
  tips: number[];
  /** Leaves below inner nodes. */
  leaves: number[];
};

/** The trees that have a split; null where one needs more points than the kernel is tested for. */
export function shapesOf(trees: Trees, paths: Paths): Shape[] | null {
  const shapes: Shape[] = [];
  for (let tree = 0; tree < trees.root.length; tree++) {
    const root = trees.root[tree] as number;
    if ((trees.left[root] as number) < 0) continue;
    const end = trees.root[tree + 1] ?? trees.left.length;
    const shape = shapeOf(trees, paths, root, end, trees.outputOf[tree] as number);
    if (shape.points > mostPoints) return null;
    shapes.push(shape);
  }
  return shapes;
}

function shapeOf({ left }: Trees, paths: Paths, root: number, end: number, output: number): Shape {
  const shape: Shape = { output, points: 1, inner: [], tips: [], leaves: [] };
  const isLeaf = (node: number) => (left[node] as number) < 0;
  const isTip = (node: number) => isLeaf(left[node] as number) && isLeaf((left[node] as number) + 1);
  let most = 1;
  for (let node = root; node < end; node++) {
    most = Math.max(most, paths.distinct[node] as number);
    if (!isLeaf(node)) (isTip(node) ? shape.tips : shape.inner).push(node);
    else if (!isTip(paths.parent[node] as number)) shape.leaves.push(node);
  }
  shape.points = (most + 1) >> 1;
  return shape;
}

/** Where each node of a forest is to the kernel: splits are counted, and places given, tree by tree. */
export type Positions = { split: Int32Array; place: Int32Array };

export function positionsOf({ left }: Trees, shapes: Shape[]): Positions {
  const split = new Int32Array(left.length).fill(-1);
  const place = new Int32Array(left.length);
  for (const { inner, tips } of shapes) {
    inner.forEach((node, i) => {
      split[node] = i;
      place[left[node] as number] = 1 + 2 * i;
      place[(left[node] as number) + 1] = 2 + 2 * i;
    });
    tips.forEach((node, i) => {
      split[node] = inner.length + i;
    });
  }
  return { split, place };
}

/** Two points lie in one vector. */
export const vectorsOf = ({ points }: Shape): number => (points + 1) >> 1;
