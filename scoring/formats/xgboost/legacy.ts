import { caps } from '../../caps.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import { type Cursor, cursor } from './cursor.ts';

/**
 * XGBoost's binary format before 3.1, little-endian throughout, as the document that its JSON would be.
 *
 * A model of major version 0 stores its base score as a margin; `version` of the document tells.
 */
export function readLegacy(bytes: Uint8Array): unknown {
  const file = cursor(startsWithMagic(bytes) ? bytes.subarray(4) : bytes);
  const start = file.take(136);
  const parameters = {
    base_score: file.float(start),
    num_feature: file.unsigned(start + 4),
    num_class: Math.max(0, file.int(start + 8)),
  };
  // The fourth field says that attributes follow; in the oldest files, that a prediction buffer was saved.
  const hasMore = file.int(start + 12) !== 0;
  const version = [file.unsigned(start + 20), file.unsigned(start + 24), 0];
  const isOld = version[0] === 0;
  const targets = isOld ? 1 : file.unsigned(start + 28);
  const objective = file.text();
  const booster = boosterIn(file, hasMore, Math.max(1, parameters.num_class));
  const attributes = hasMore && !(isOld && file.left() === 0) ? attributesIn(file) : {};
  return {
    version,
    learner: {
      objective: { name: objective },
      learner_model_param: { ...parameters, num_target: targets },
      attributes,
      gradient_booster: booster,
    },
  };
}

const startsWithMagic = (bytes: Uint8Array) =>
  bytes[0] === 0x62 && bytes[1] === 0x69 && bytes[2] === 0x6e && bytes[3] === 0x66;

function boosterIn(file: Cursor, hasMore: boolean, groups: number): Record<string, unknown> {
  const name = file.text();
  if (name === 'gblinear') return { name, model: linearIn(file) };
  if (name !== 'gbtree' && name !== 'dart')
    throw refuse(
      'unsupported_model',
      `The XGBoost booster ${shown(name)} is not supported.`,
      'Train with gbtree, dart or gblinear.',
    );
  const model = treesIn(file, hasMore, groups);
  return name === 'dart' ? { name, model, weight_drop: file.floats(file.length()) } : { name, model };
}

function linearIn(file: Cursor): Record<string, unknown> {
  file.take(136);
  return { weights: file.floats(file.length()) };
}

function treesIn(file: Cursor, hasMore: boolean, groups: number): Record<string, unknown> {
  const start = file.take(160);
  const count = file.int(start);
  const leafVector = file.unsigned(start + 28);
  const buffered = file.unsigned(start + 16);
  if (count < 0) throw malformed('The number of trees is negative.');
  if (count > caps.trees) throw tooLarge(`The model has more than ${caps.trees} trees.`);
  const trees: unknown[] = [];
  for (let i = 0; i < count; i++) trees.push(treeIn(file, `trees[${i}]`));
  const info = file.ints(count);
  if (hasMore && buffered > 0) file.take(8 * groups * buffered * (leafVector + 1));
  return {
    gbtree_model_param: { size_leaf_vector: leafVector, num_parallel_tree: Math.max(1, file.int(start + 4)) },
    trees,
    tree_info: info,
  };
}

const nodeSize = 20;
const statSize = 16;

function treeIn(file: Cursor, at: string): Record<string, unknown> {
  const start = file.take(148);
  const size = file.int(start + 4);
  if (file.int(start) > 1) throw malformed('A tree has several roots.', at);
  if (size > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, at);
  const nodes = file.take(size * nodeSize);
  const stats = file.take(size * statSize);
  const left = new Int32Array(size);
  const right = new Int32Array(size);
  const feature = new Int32Array(size);
  const condition = new Float32Array(size);
  const defaultLeft = new Uint8Array(size);
  const hessian = new Float32Array(size);
  for (let node = 0; node < size; node++) {
    const place = nodes + node * nodeSize;
    const split = file.unsigned(place + 12);
    left[node] = file.int(place + 4);
    right[node] = file.int(place + 8);
    // The highest bit is the way of missing values, the others are the feature.
    feature[node] = split & 0x7fffffff;
    defaultLeft[node] = split >>> 31;
    condition[node] = file.float(place + 16);
    hessian[node] = file.float(stats + node * statSize + 4);
  }
  return {
    tree_param: { size_leaf_vector: file.unsigned(start + 20) },
    left_children: left,
    right_children: right,
    split_indices: feature,
    split_conditions: condition,
    default_left: defaultLeft,
    sum_hessian: hessian,
  };
}

/** The one attribute that scoring asks for is where early stopping found the best iteration. */
function attributesIn(file: Cursor): Record<string, string> {
  const count = file.length();
  const attributes: Record<string, string> = {};
  for (let i = 0; i < count; i++) {
    const key = file.text();
    const value = file.text();
    if (key === 'best_iteration') attributes.best_iteration = value;
  }
  return attributes;
}
