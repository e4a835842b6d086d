import type { Isolation } from '../ir.ts';
import type { Sums } from './trees.ts';

/** The margin of one row: how long its paths are, added over all trees. */
export function sumPaths(forest: Isolation): (row: Float64Array, sums: Sums) => void {
  const { root, length } = forest;
  return (row, sums) => {
    let total = 0;
    for (let tree = 0; tree < root.length; tree++)
      total += length[leafReached(forest, root[tree] as number, row)] as number;
    sums[0] = total;
  };
}

function leafReached(forest: Isolation, root: number, row: Float64Array): number {
  let node = root;
  let left = forest.left[node] as number;
  while (left >= 0) {
    node = left + (isBelow(forest, node, row) ? 0 : 1);
    left = forest.left[node] as number;
  }
  return node;
}

/** On the side of the plane that its normal points away from; a missing value is on neither and goes right. */
function isBelow({ normal, point }: Isolation, node: number, row: Float64Array): boolean {
  const start = node * row.length;
  let distance = 0;
  for (let i = 0; i < row.length; i++)
    distance += ((row[i] as number) - (point[start + i] as number)) * (normal[start + i] as number);
  return distance <= 0;
}
