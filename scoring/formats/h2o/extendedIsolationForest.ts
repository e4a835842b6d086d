import { fileOf } from '../../bytes/directory.ts';
import { caps } from '../../caps.ts';
import type { Isolation } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import type { Header } from './header.ts';
import { needCount } from './info.ts';
import { anomalyOutput } from './outputs.ts';
import { cannotExplain, type Part } from './part.ts';
import { type PlaneTree, readPlaneTree } from './planes.ts';

/** An isolation forest whose nodes are planes of any direction (Hariri, Carrasco Kind and Brunner). */
export function readExtendedIsolationForest(header: Header): Part {
  const { info, features, directory } = header;
  const count = needCount(info, 'ntrees');
  if (count > caps.trees) throw tooLarge(`The model has more than ${caps.trees} trees.`);
  const longest = usualLength(needCount(info, 'sample_size'));
  if (count === 0 || longest === 0) throw malformed('The forest has no trees or no samples.', 'ntrees');
  const trees: PlaneTree[] = [];
  let nodes = 0;
  for (let i = 0; i < count; i++) {
    const path = `trees/t${String(i).padStart(2, '0')}.bin`;
    const tree = readPlaneTree(fileOf(directory, path), features.length, path);
    nodes += tree.nodes.length;
    if (nodes * features.length > caps.planeNumbers)
      throw tooLarge('The extended isolation forest is too large.');
    trees.push(tree);
  }
  return {
    objective: 'anomaly',
    features,
    encoding: null,
    core: forestOf(trees, nodes, features.length),
    output: anomalyOutput('isolation', { longest, shortest: 0, trees: count }),
    contributions: cannotExplain('ExtendedIsolationForest'),
    notes: [],
  };
}

/** The average path length of an unsuccessful search in a binary tree of that many rows. */
function usualLength(rows: number): number {
  if (rows < 2) return 0;
  if (rows === 2) return 1;
  return 2 * (Math.log(rows - 1) + 0.5772156649) - (2 * (rows - 1)) / rows;
}

function forestOf(trees: readonly PlaneTree[], nodes: number, features: number): Isolation {
  const forest: Isolation = {
    type: 'isolation',
    compare: 'f64',
    root: new Int32Array(trees.length),
    left: new Int32Array(nodes).fill(-1),
    normal: new Float64Array(nodes * features),
    point: new Float64Array(nodes * features),
    length: new Float64Array(nodes),
  };
  let first = 0;
  for (const [i, tree] of trees.entries()) {
    forest.root[i] = first;
    for (const [j, node] of tree.nodes.entries()) {
      const at = first + j;
      if (node.kind === 'leaf') forest.length[at] = node.depth + usualLength(node.rows);
      else {
        forest.left[at] = first + node.left;
        for (let k = 0; k < features; k++) {
          forest.normal[at * features + k] = tree.view.getFloat64(node.at + 8 * k, true);
          forest.point[at * features + k] = tree.view.getFloat64(node.at + 8 * (features + k), true);
        }
      }
    }
    first += tree.nodes.length;
  }
  return forest;
}
