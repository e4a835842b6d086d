/** Trees of ONNX-ML as flat lists of nodes, whichever version of the operation wrote them, and our trees of them. */
import { caps } from '../../caps.ts';
import { forest } from '../../checks/forest.ts';
import { type RawTree, rawTree } from '../../checks/validate.ts';
import { nextUp, nextUpSingle } from '../../floats.ts';
import { nodeKind, type Trees } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';

export const modes = { leq: 0, lt: 1, gte: 2, gt: 3, eq: 4, neq: 5, member: 6, leaf: 7 } as const;

/** All nodes of an ensemble, tree by tree, the root of each first. `yes` and `no` count from that root. */
export type Branches = {
  /** Where each tree begins, and after the last where it ends. */
  start: number[];
  mode: Uint8Array;
  feature: Int32Array;
  value: Float64Array;
  yes: Int32Array;
  no: Int32Array;
  /** A missing value takes the branch `yes`. */
  missingYes: Uint8Array;
  /** Of a node that asks for membership: what belongs. */
  members: ReadonlyMap<number, Float64Array>;
  /** The weights of node i are those from `weightStart[i]` on. */
  weightStart: Int32Array;
  target: Int32Array;
  weight: Float64Array;
};

/** Columns that the trees see after the features: is this feature one of these values? */
type Membership = { at: number[]; start: number[]; members: number[] };

const largest = { single: 3.4028234663852886e38, double: Number.MAX_VALUE };

export type Grown = { trees: Trees; membership: Membership; count: number };

/**
 * One of our trees per tree and target, since a leaf of ours has one value. `outputOf` says which output a target is.
 */
export function grow(
  branches: Branches,
  features: number,
  outputs: number,
  base: Float64Array,
  precision: 'single' | 'double',
  at: string,
): Grown {
  const columns = memberColumns(branches, features);
  const bounds = {
    features: features + columns.membership.at.length,
    outputs,
    infiniteThresholds: true,
    largest: largest[precision],
  };
  const grove = forest(bounds);
  const count = branches.start.length - 1;
  let work = 0;
  for (let tree = 0; tree < count; tree++) {
    const begin = branches.start[tree] as number;
    const size = (branches.start[tree + 1] as number) - begin;
    const raw = shapeOf(branches, begin, size, columns.columnOf, precision);
    const targets = targetsIn(branches, begin, size);
    // A tree without weights adds nothing, but its nodes are checked like any other's.
    if (targets.length === 0) targets.push(0);
    for (const target of targets) {
      work += size;
      if (work > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, at);
      grove.add(withLeaves(raw, branches, begin, size, target), target, `${at}, tree ${tree}`);
    }
  }
  const sum = precision === 'single' ? ('f32' as const) : ('f64' as const);
  const trees = grove.finish({ compare: sum, sum, base, baseLast: true }, null);
  return { trees, membership: columns.membership, count };
}

function targetsIn({ weightStart, target }: Branches, begin: number, size: number): number[] {
  const from = weightStart[begin] as number;
  const to = weightStart[begin + size] as number;
  return [...new Set(target.subarray(from, to))].sort((a, b) => a - b);
}

function withLeaves(raw: RawTree, branches: Branches, begin: number, size: number, target: number): RawTree {
  const leaf = new Float64Array(size);
  for (let node = 0; node < size; node++) {
    const end = branches.weightStart[begin + node + 1] as number;
    for (let i = branches.weightStart[begin + node] as number; i < end; i++)
      if (branches.target[i] === target) leaf[node] = (leaf[node] as number) + (branches.weight[i] as number);
  }
  return { ...raw, leaf };
}

function shapeOf(
  branches: Branches,
  begin: number,
  size: number,
  columnOf: ReadonlyMap<number, number>,
  precision: 'single' | 'double',
): RawTree {
  const raw = rawTree(size);
  for (let i = 0; i < size; i++) {
    const node = begin + i;
    const mode = branches.mode[node] as number;
    if (mode === modes.leaf) continue;
    const yes = branches.yes[node] as number;
    const no = branches.no[node] as number;
    const { threshold, yesRight, missingYes } = splitOf(branches, node, precision);
    raw.kind[i] = nodeKind.number;
    raw.feature[i] = columnOf.get(node) ?? (branches.feature[node] as number);
    raw.threshold[i] = threshold;
    raw.left[i] = yesRight ? no : yes;
    raw.right[i] = yesRight ? yes : no;
    raw.missingRight[i] = missingYes === yesRight ? 1 : 0;
  }
  return raw;
}

/** Each comparison as `x >= threshold`, which goes right. */
function splitOf(branches: Branches, node: number, precision: 'single' | 'double') {
  const mode = branches.mode[node] as number;
  const tracks = branches.missingYes[node] === 1;
  if (mode === modes.eq || mode === modes.member)
    return { threshold: 0.5, yesRight: true, missingYes: tracks };
  // A missing value differs from every value.
  if (mode === modes.neq) return { threshold: 0.5, yesRight: false, missingYes: true };
  const value = branches.value[node] as number;
  const up = precision === 'single' ? nextUpSingle : nextUp;
  const above = mode === modes.leq || mode === modes.gt ? up(value) : value;
  // Below every number there is; minus infinity would be below a missing value too.
  const threshold = Math.max(above, -largest[precision]);
  return { threshold, yesRight: mode === modes.gte || mode === modes.gt, missingYes: tracks };
}

/** One column for each feature and value that nodes ask to be equal, and for each set. */
function memberColumns(branches: Branches, features: number) {
  const membership: Membership = { at: [], start: [0], members: [] };
  const columnOf = new Map<number, number>();
  const known = new Map<string, number>();
  branches.mode.forEach((mode, node) => {
    if (mode !== modes.eq && mode !== modes.neq && mode !== modes.member) return;
    const feature = branches.feature[node] as number;
    if (feature >= features) throw malformed('A split uses a feature that the model does not have.');
    const set = branches.members.get(node) ?? Float64Array.of(branches.value[node] as number);
    const key = `${feature}:${set.join()}`;
    const column = known.get(key) ?? features + membership.at.length;
    if (!known.has(key)) addColumn(membership, feature, set);
    known.set(key, column);
    columnOf.set(node, column);
  });
  return { membership, columnOf };
}

function addColumn(membership: Membership, feature: number, set: Float64Array): void {
  membership.at.push(feature);
  for (const member of set) membership.members.push(member);
  membership.start.push(membership.members.length);
  if (membership.at.length > caps.features)
    throw tooLarge(`The model compares with more than ${caps.features} values.`);
  if (membership.members.length > caps.levels)
    throw tooLarge(`The model has more than ${caps.levels} levels.`);
}
