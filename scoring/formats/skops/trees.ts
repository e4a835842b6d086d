import { type Npy, npyField, npyNumbers } from '../../bytes/npy.ts';
import { caps } from '../../caps.ts';
import { type Forest, forest } from '../../checks/forest.ts';
import { type RawTree, rawTree } from '../../checks/validate.ts';
import { nextUpSingle } from '../../floats.ts';
import { nodeKind, type Output, outputsOf, type Trees } from '../../ir.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { field } from '../fields.ts';
import { checkColumns, classification, type Estimated, regression, type Source } from './estimator.ts';
import {
  type Archive,
  arrayOf,
  attribute,
  classOf,
  isKind,
  itemsOf,
  labelsOf,
  numbersAt,
  option,
  scalarOf,
  versionOf,
} from './nodes.ts';

/** Values lie node by node, then output, then class. */
type Grown = { raw: RawTree; values: Float64Array; outputs: number; classes: number; hasMissing: boolean };

/** Where rows missing a value may go, by the first scikit-learn that says so: major · 100 + minor. */
const sinceMissing = { decision: 103, forest: 104, extra: 106 } as const;

/** DecisionTreeClassifier, ExtraTreeClassifier: the share of each class in the leaf. */
export const treeClassifier = (source: Source) => classifier(source, [source.node], 'decision');
export const treeRegressor = (source: Source) => regressor(source, [source.node], 'decision');

/** RandomForestClassifier, ExtraTreesClassifier: the mean of these shares. */
export const forestClassifier = (source: Source) => classifier(source, estimatorsOf(source.node), 'forest');
export const forestRegressor = (source: Source) => regressor(source, estimatorsOf(source.node), 'forest');

function estimatorsOf(node: unknown): unknown[] {
  const trees = itemsOf(attribute(node, 'estimators_'), 'estimators_');
  if (trees.length === 0) throw malformed('A forest has no trees.', 'estimators_');
  return trees;
}

function classifier(source: Source, trees: unknown[], kind: 'decision' | 'forest'): Estimated {
  const { archive, node } = source;
  if (targetsOf(archive, node) !== 1)
    throw refuse(
      'unsupported_model',
      'A classifier of several targets is not supported.',
      'Train one per target.',
    );
  const classes = labelsOf(archive, attribute(node, 'classes_'), 'classes_');
  const output = classification(classes, 'identity', 'identity');
  const leaf = ({ values, classes: width }: Grown, at: number, k: number) =>
    shareOf(values, at * width, width, output.kind === 'binomial' ? 1 : k);
  return average(source, trees, kind, output, (grown) => {
    if (grown.classes !== classes.length || grown.outputs !== 1)
      throw malformed('A tree knows other classes than its model.', 'values');
    return (at, k) => leaf(grown, at, k);
  });
}

/** Before scikit-learn 1.3 the values are weighted counts, since then shares: these are kept to the last digit. */
function shareOf(values: Float64Array, from: number, width: number, k: number): number {
  let sum = 0;
  for (let c = 0; c < width; c++) sum += values[from + c] as number;
  const value = values[from + k] as number;
  return Math.abs(sum - 1) <= 1e-12 || sum === 0 ? value : value / sum;
}

function regressor(source: Source, trees: unknown[], kind: 'decision' | 'forest'): Estimated {
  const targets = targetsOf(source.archive, source.node);
  return average(source, trees, kind, regression('identity', targets), (grown) => {
    if (grown.outputs !== targets || grown.classes !== 1)
      throw malformed('A tree has other targets than its model.', 'values');
    return (at, k) => grown.values[at * targets + k] as number;
  });
}

function targetsOf(archive: Archive, node: unknown): number {
  const targets = option(archive, node, 'n_outputs_') ?? 1;
  if (typeof targets !== 'number' || !(Number.isInteger(targets) && targets > 0))
    throw malformed('The number of targets is no whole number.', 'n_outputs_');
  if (targets > caps.outputs) throw tooLarge(`The model has more than ${caps.outputs} outputs.`);
  return targets;
}

type LeavesOf = (grown: Grown) => (at: number, k: number) => number;

function average(
  source: Source,
  trees: unknown[],
  kind: 'decision' | 'forest',
  output: Output,
  leavesOf: LeavesOf,
): Estimated {
  const { archive, node, columns } = source;
  const outputs = outputsOf(output);
  const grove = groveOf(columns.length, outputs);
  let hasMissing = true;
  for (const [i, tree] of trees.entries()) {
    const grown = readTree(archive, tree, columns.length, `tree ${i}`);
    const leaf = leavesOf(grown);
    hasMissing &&= grown.hasMissing;
    for (let k = 0; k < outputs; k++)
      grove.add(
        withLeaves(grown.raw, (at) => leaf(at, k)),
        k,
        `tree ${i}`,
      );
  }
  const averaged = trees.length > 1 ? { averaged: trees.length } : {};
  return {
    objective: String(option(archive, node, 'criterion') ?? ''),
    core: finish(grove, new Float64Array(outputs)),
    output: { ...output, divisor: trees.length },
    columns,
    missing: hasMissing && acceptsMissing(archive, node, kind),
    ...averaged,
  };
}

/** What scikit-learn's own check of its input lets through. */
function acceptsMissing(archive: Archive, node: unknown, kind: 'decision' | 'forest'): boolean {
  const constraints = attribute(node, 'monotonic_cst');
  if (constraints !== undefined && !isKind(constraints, 'JsonNode')) return false;
  const isExtra = classOf(node).startsWith('Extra');
  return versionOf(archive, node) >= sinceMissing[isExtra ? 'extra' : kind];
}

export const groveOf = (features: number, outputs: number): Forest =>
  // Where only missing values go right, the threshold is infinite.
  forest({ features, outputs, infiniteThresholds: true, largest: Number.MAX_VALUE });

/** Rows in single precision, sums in double, in the order of the trees. */
export const finish = (grove: Forest, base: Float64Array, compare: 'f32' | 'f64' = 'f32'): Trees =>
  grove.finish({ compare, sum: 'f64', base, baseLast: false }, null);

export const withLeaves = (raw: RawTree, leaf: (at: number) => number): RawTree => ({
  ...raw,
  leaf: raw.leaf.map((_, at) => (raw.kind[at] === nodeKind.leaf ? leaf(at) : 0)),
});

/** One tree of scikit-learn: its nodes as records, left child −1 in a leaf. */
export function readTree(archive: Archive, estimator: unknown, width: number, at: string): Grown {
  const tree = attribute(estimator, 'tree_');
  if (!isKind(tree, 'TreeNode')) throw malformed('A tree is missing.', at);
  const nodes = arrayOf(archive, attribute(tree, 'nodes'), at);
  const size = nodes.count;
  if (size > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, at);
  const { shape, values } = numbersAt(archive, attribute(tree, 'values'), at);
  const [count, outputs = 0, classes = 0] = shape;
  if (size === 0 || shape.length !== 3 || count !== size) throw malformed('A tree has no values.', at);
  checkColumns(scalarOf(archive, itemsOf(field(field(tree, '__reduce__'), 'args'), at)[0], at), width);
  return {
    raw: rawOf(nodes, size, at),
    values,
    outputs,
    classes,
    hasMissing: nodes.fields.has('missing_go_to_left'),
  };
}

function rawOf(nodes: Npy, size: number, at: string): RawTree {
  const column = (name: string) => columnOf(nodes, name, at);
  const left = column('left_child');
  const right = column('right_child');
  const feature = column('feature');
  const threshold = column('threshold');
  const toLeft = nodes.fields.has('missing_go_to_left')
    ? column('missing_go_to_left')
    : new Float64Array(size);
  const raw = rawTree(size);
  raw.cover.set(column('weighted_n_node_samples'));
  for (let node = 0; node < size; node++) {
    if (left[node] === -1) continue;
    raw.kind[node] = nodeKind.number;
    raw.left[node] = inside(left[node] as number, size, at);
    raw.right[node] = inside(right[node] as number, size, at);
    raw.feature[node] = inside(feature[node] as number, caps.features, at);
    raw.threshold[node] = aboveSingle(threshold[node] as number);
    raw.missingRight[node] = toLeft[node] === 0 ? 1 : 0;
  }
  return raw;
}

export function columnOf(nodes: Npy, name: string, at: string): Float64Array {
  const field = npyField(nodes, name);
  if (!field) throw malformed('The nodes of a tree lack a field.', at);
  return npyNumbers(field, at);
}

/** A whole number from 0 that fits its array: an index beyond would be cut to another one. */
export function inside(index: number, size: number, at: string): number {
  if (Number.isInteger(index) && index >= 0 && index < size) return index;
  throw malformed('A node points outside its tree.', at);
}

/** `x <= t` of a single-precision x and a double t is `x < ` the next single above t. */
export function aboveSingle(threshold: number): number {
  const single = Math.fround(threshold);
  return single > threshold ? single : nextUpSingle(single);
}
