import type { Trees } from '../ir.ts';
import { lanes } from './layout.ts';

/** Of each node, how many steps lead to it: a child stands after its parent. */
function levelsOf({ left }: Trees): Int32Array {
  const levels = new Int32Array(left.length);
  for (let node = 0; node < left.length; node++) {
    const child = left[node] as number;
    if (child < 0) continue;
    levels[child] = (levels[node] as number) + 1;
    levels[child + 1] = (levels[node] as number) + 1;
  }
  return levels;
}

/** Of each tree, the depth of its deepest leaf; its nodes stand together. */
export function depthsOf(trees: Trees): Int32Array {
  const levels = levelsOf(trees);
  return trees.root.map((root, tree) => {
    const end = trees.root[tree + 1] ?? levels.length;
    let depth = 0;
    for (let node = root; node < end; node++) depth = Math.max(depth, levels[node] as number);
    return depth;
  });
}

export const deepest = (trees: number[], depths: Int32Array): number =>
  Math.max(1, ...trees.map((tree) => depths[tree] as number));

/** The trees of an output as they go in lockstep. */
export const groupsIn = (program: number[]): number[][] =>
  Array.from({ length: Math.ceil(program.length / lanes) }, (_, i) =>
    program.slice(i * lanes, (i + 1) * lanes),
  );

/**
 * Whether leaves lie so far above the depth of their trees that looking for the end pays, by the steps that a
 * row takes if it goes either way equally often. Measured: it does from about this ratio on.
 */
export function unevenness(
  trees: Trees,
  programs: number[][],
  depths: Int32Array,
): { row: boolean; rows: boolean } {
  const levels = levelsOf(trees);
  let steps = 0;
  for (let node = 0; node < levels.length; node++)
    if ((trees.feature[node] as number) >= 0) steps += 2 ** -(levels[node] as number);
  const most = steps * 1.6 + 3 * depths.length;
  const groups = programs.flatMap(groupsIn);
  const together = groups.reduce((sum, group) => sum + deepest(group, depths) * group.length, 0);
  return { row: together > most, rows: depths.reduce((sum, depth) => sum + depth, 0) > most };
}
