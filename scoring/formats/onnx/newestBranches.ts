/** Reads the attributes of TreeEnsemble, version 5 of ai.onnx.ml, in which leaves are numbered apart from nodes. */
import { caps } from '../../caps.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import { tensorAttribute, wholesAttribute } from './attributes.ts';
import type { OnnxNode } from './proto.ts';
import { type Branches, modes } from './trees.ts';

type Lists = {
  mode: Float64Array;
  feature: Float64Array;
  value: Float64Array;
  yes: Float64Array;
  no: Float64Array;
  yesLeaf: Float64Array;
  noLeaf: Float64Array;
  tracks: Float64Array;
  leafTarget: Float64Array;
  leafWeight: Float64Array;
  sets: ReadonlyMap<number, Float64Array>;
};

export function newestBranchesOf(node: OnnxNode): Branches {
  const lists = listsOf(node);
  const roots = wholesAttribute(node, 'tree_roots');
  if (roots.length > caps.trees) throw tooLarge(`The model has more than ${caps.trees} trees.`, node.at);
  const grown = growing(lists, node);
  for (const root of roots) grown.tree(root);
  return grown.finish();
}

function listsOf(node: OnnxNode): Lists {
  const tensor = (name: string) => tensorAttribute(node, name)?.values ?? new Float64Array(0);
  const mode = tensor('nodes_modes');
  if (mode.length > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, node.at);
  const same = (list: Float64Array, length = mode.length): Float64Array => {
    if (list.length === length) return list;
    throw malformed('The lists of a tree ensemble differ in length.', node.at);
  };
  const whole = (name: string) => same(wholesAttribute(node, `nodes_${name}`));
  const tracks = wholesAttribute(node, 'nodes_missing_value_tracks_true');
  const leafWeight = tensor('leaf_weights');
  return {
    mode,
    feature: whole('featureids'),
    value: same(tensor('nodes_splits')),
    yes: whole('truenodeids'),
    no: whole('falsenodeids'),
    yesLeaf: whole('trueleafs'),
    noLeaf: whole('falseleafs'),
    tracks: tracks.length === 0 ? new Float64Array(mode.length) : same(tracks),
    leafTarget: same(wholesAttribute(node, 'leaf_targetids'), leafWeight.length),
    leafWeight,
    sets: setsOf(mode, tensor('membership_values'), node),
  };
}

/** The sets stand one after the other, each with NaN at its end. */
function setsOf(mode: Float64Array, values: Float64Array, node: OnnxNode): Map<number, Float64Array> {
  const sets = new Map<number, Float64Array>();
  let from = 0;
  mode.forEach((code, i) => {
    if (code !== modes.member) return;
    let to = from;
    while (to < values.length && !Number.isNaN(values[to])) to++;
    if (to >= values.length && to === from) throw malformed('A split has no set of values.', node.at);
    sets.set(i, values.subarray(from, to));
    from = to + 1;
  });
  return sets;
}

function checkedSplit(lists: Lists, index: number, node: OnnxNode): { mode: number; feature: number } {
  const mode = lists.mode[index] as number;
  const feature = lists.feature[index] as number;
  if (!(mode >= modes.leq && mode <= modes.member))
    throw malformed('A node compares in an unknown way.', node.at);
  if (!(feature >= 0 && feature < caps.features))
    throw malformed('A split uses a feature that the model does not have.', node.at);
  return { mode, feature };
}

/** Writes tree after tree as flat lists; a leaf is written wherever a node names it. */
function growing(lists: Lists, node: OnnxNode) {
  const start: number[] = [];
  const columns = {
    mode: [] as number[],
    feature: [] as number[],
    value: [] as number[],
    yes: [] as number[],
    no: [] as number[],
    missingYes: [] as number[],
  };
  const target: number[] = [];
  const weight: number[] = [];
  const weightStart: number[] = [0];
  const members = new Map<number, Float64Array>();
  const seen = new Uint8Array(lists.mode.length);

  function leaf(index: number): void {
    const to = lists.leafTarget[index];
    if (to === undefined || !(to >= 0 && to < caps.outputs))
      throw malformed('A node points outside its tree.', node.at);
    columns.mode.push(modes.leaf);
    for (const list of [columns.feature, columns.value, columns.yes, columns.no, columns.missingYes])
      list.push(0);
    target.push(to);
    weight.push(lists.leafWeight[index] as number);
    weightStart.push(weight.length);
  }

  function inner(index: number): void {
    if (seen[index] !== 0) throw malformed('A node of the tree is reached twice, or is none.', node.at);
    seen[index] = 1;
    const { mode, feature } = checkedSplit(lists, index, node);
    const set = lists.sets.get(index);
    if (set) members.set(columns.mode.length, set);
    columns.mode.push(mode);
    columns.feature.push(feature);
    columns.value.push(lists.value[index] as number);
    columns.yes.push(0);
    columns.no.push(0);
    columns.missingYes.push(lists.tracks[index] === 1 ? 1 : 0);
    weightStart.push(weight.length);
  }

  /** Breadth first: the children of each written node are written after all before it. */
  function tree(root: number): void {
    const begin = columns.mode.length;
    const sources = [root];
    start.push(begin);
    inner(root);
    for (let i = 0; i < sources.length; i++) {
      const index = sources[i] as number;
      if (index < 0) continue;
      const child = (to: number, isLeaf: boolean): number => {
        const place = columns.mode.length - begin;
        sources.push(isLeaf ? -1 : to);
        if (isLeaf) leaf(to);
        else inner(to);
        return place;
      };
      columns.yes[begin + i] = child(lists.yes[index] as number, lists.yesLeaf[index] === 1);
      columns.no[begin + i] = child(lists.no[index] as number, lists.noLeaf[index] === 1);
    }
  }

  const finish = (): Branches => ({
    start: [...start, columns.mode.length],
    mode: Uint8Array.from(columns.mode),
    feature: Int32Array.from(columns.feature),
    value: Float64Array.from(columns.value),
    yes: Int32Array.from(columns.yes),
    no: Int32Array.from(columns.no),
    missingYes: Uint8Array.from(columns.missingYes),
    members,
    weightStart: Int32Array.from(weightStart),
    target: Int32Array.from(target),
    weight: Float64Array.from(weight),
  });
  return { tree, finish };
}
