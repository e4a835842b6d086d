/** Reads the attributes of TreeEnsembleClassifier and TreeEnsembleRegressor, versions 1 to 4. */
import { eachField, textFrom } from '../../bytes/protobuf.ts';
import { caps } from '../../caps.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { floatsAttribute, tensorAttribute, textsPlace, wholesAttribute } from './attributes.ts';
import type { OnnxNode } from './proto.ts';
import { type Branches, modes } from './trees.ts';

const words = new Map<string, number>([
  ['BRANCH_LEQ', modes.leq],
  ['BRANCH_LT', modes.lt],
  ['BRANCH_GTE', modes.gte],
  ['BRANCH_GT', modes.gt],
  ['BRANCH_EQ', modes.eq],
  ['BRANCH_NEQ', modes.neq],
  ['LEAF', modes.leaf],
]);

/** Numbers in single precision, or in double ones in the tensor beside. */
export function preciseList(node: OnnxNode, name: string): { values: Float64Array; double: boolean } {
  const tensor = tensorAttribute(node, `${name}_as_tensor`);
  if (!tensor) return { values: floatsAttribute(node, name), double: false };
  if (tensor.type !== 'single' && tensor.type !== 'double')
    throw malformed('A list of numbers is of a wrong type.', node.at);
  return { values: tensor.values ?? new Float64Array(0), double: tensor.type === 'double' };
}

/** `prefix`: class or target, by which the weights are called. */
export function branchesOf(node: OnnxNode, prefix: 'class' | 'target'): Branches {
  const ids = wholesAttribute(node, 'nodes_nodeids');
  const count = ids.length;
  if (count > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, node.at);
  const same = (list: Float64Array): Float64Array => {
    if (list.length !== count) throw malformed('The lists of a tree ensemble differ in length.', node.at);
    return list;
  };
  const treeIds = same(wholesAttribute(node, 'nodes_treeids'));
  const { start, place } = placesOf(treeIds, ids, node);
  const mode = modesOf(node, count);
  const tracks = wholesAttribute(node, 'nodes_missing_value_tracks_true');
  return {
    start,
    mode,
    feature: columnsOf(same(wholesAttribute(node, 'nodes_featureids')), mode, node),
    value: same(preciseList(node, 'nodes_values').values),
    ...childrenOf(node, start, mode, place, same),
    missingYes: Uint8Array.from(tracks.length === 0 ? new Uint8Array(count) : same(tracks)),
    members: new Map(),
    ...weightsOf(node, prefix, mode, place),
  };
}

type Place = (tree: number, id: number) => number;

/** Trees stand one after the other; each node has its place by the number of its tree and its own. */
function placesOf(trees: Float64Array, ids: Float64Array, node: OnnxNode) {
  const start: number[] = [];
  const places = new Map<number, Own>();
  let own: Own = { begin: 0, end: 0, ids: null };
  for (let i = 0; i < ids.length; i++) {
    const tree = trees[i] as number;
    if (i === 0 || tree !== trees[i - 1]) {
      if (places.has(tree)) throw malformed('The nodes of a tree are not together.', node.at);
      if (start.length >= caps.trees) throw tooLarge(`The model has more than ${caps.trees} trees.`, node.at);
      own = { begin: i, end: i, ids: null };
      places.set(tree, own);
      start.push(i);
    }
    number(own, ids, i, node);
  }
  start.push(ids.length);
  const place: Place = (tree, id) => {
    const found = places.get(tree);
    const index = found?.ids ? found.ids.get(id) : (found?.begin ?? Number.NaN) + id;
    if (found && index !== undefined && index >= found.begin && index < found.end) return index;
    throw malformed('A node is named that the tree does not have.', node.at);
  };
  return { start, place };
}

/** The nodes of one tree; numbered 0, 1, 2, … as they mostly are, they need no list of their numbers. */
type Own = { begin: number; end: number; ids: Map<number, number> | null };

function number(own: Own, ids: Float64Array, index: number, node: OnnxNode): void {
  const id = ids[index] as number;
  own.end = index + 1;
  if (own.ids === null && id === index - own.begin) return;
  own.ids ??= new Map(Array.from({ length: index - own.begin }, (_, i) => [i, own.begin + i] as const));
  if (own.ids.has(id)) throw malformed('Two nodes of a tree have one number.', node.at);
  own.ids.set(id, index);
}

function modesOf(node: OnnxNode, count: number): Uint8Array {
  const found = textsPlace(node, 'nodes_modes');
  const list = new Uint8Array(count);
  let next = 0;
  if (found)
    eachField(found[0], (field, _, from, to) => {
      if (field !== found[1]) return;
      if (to - from > 20) throw malformed('A node compares in an unknown way.', node.at);
      const mode = words.get(textFrom(found[0].subarray(from, to)));
      if (mode === undefined) throw malformed('A node compares in an unknown way.', node.at);
      if (next < count) list[next] = mode;
      next++;
    });
  if (next !== count) throw malformed('The lists of a tree ensemble differ in length.', node.at);
  return list;
}

function columnsOf(features: Float64Array, mode: Uint8Array, node: OnnxNode): Int32Array {
  return Int32Array.from(features, (feature, i) => {
    if (mode[i] === modes.leaf) return 0;
    if (feature >= 0 && feature < caps.features) return feature;
    throw malformed('A split uses a feature that the model does not have.', node.at);
  });
}

function childrenOf(
  node: OnnxNode,
  start: number[],
  mode: Uint8Array,
  place: Place,
  same: (list: Float64Array) => Float64Array,
) {
  const trees = wholesAttribute(node, 'nodes_treeids');
  const yesIds = same(wholesAttribute(node, 'nodes_truenodeids'));
  const noIds = same(wholesAttribute(node, 'nodes_falsenodeids'));
  const yes = new Int32Array(mode.length);
  const no = new Int32Array(mode.length);
  for (let tree = 0; tree + 1 < start.length; tree++) {
    const begin = start[tree] as number;
    for (let i = begin; i < (start[tree + 1] as number); i++) {
      if (mode[i] === modes.leaf) continue;
      yes[i] = place(trees[i] as number, yesIds[i] as number) - begin;
      no[i] = place(trees[i] as number, noIds[i] as number) - begin;
    }
  }
  return { yes, no };
}

/** The weights sorted by node; those of inner nodes count nowhere. */
function weightsOf(node: OnnxNode, prefix: string, mode: Uint8Array, place: Place) {
  const { values } = preciseList(node, `${prefix}_weights`);
  const lists = ['treeids', 'nodeids', 'ids'].map((name) => wholesAttribute(node, `${prefix}_${name}`));
  const [trees, ids, targets] = lists as [Float64Array, Float64Array, Float64Array];
  if (lists.some((list) => list.length !== values.length))
    throw malformed('The lists of a tree ensemble differ in length.', node.at);
  const weightStart = new Int32Array(mode.length + 1);
  const places = Int32Array.from(values, (_, i) => {
    const found = place(trees[i] as number, ids[i] as number);
    if (mode[found] !== modes.leaf) throw innerWeight(node);
    weightStart[found + 1] = (weightStart[found + 1] as number) + 1;
    return found;
  });
  for (let i = 0; i < mode.length; i++)
    weightStart[i + 1] = (weightStart[i + 1] as number) + (weightStart[i] as number);
  const next = weightStart.slice();
  const target = new Int32Array(values.length);
  const weight = new Float64Array(values.length);
  places.forEach((found, i) => {
    const to = next[found] as number;
    next[found] = to + 1;
    const wanted = targets[i] as number;
    if (!(wanted >= 0 && wanted < caps.outputs)) throw malformed('A weight belongs to no class.', node.at);
    target[to] = wanted;
    weight[to] = values[i] as number;
  });
  return { weightStart, target, weight };
}

const innerWeight = (node: OnnxNode) =>
  refuse(
    'unsupported_model',
    'A tree of the ONNX model has weights on nodes that are no leaves.',
    'Export the model again with a current converter.',
    node.at,
  );
