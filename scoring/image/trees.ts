import { nodeKind, type Trees } from '../ir.ts';
import { place, type Sections } from './container.ts';
import { deepest, depthsOf, groupsIn, unevenness } from './depths.ts';
import { groupBytes, type Layout, lanes, layoutOf, rowsAtOnce, treeBytes } from './layout.ts';
import { type Slots, slotsOf } from './slots.ts';
import { noTables, type Tables, tablesOf } from './tables.ts';

/** What a kernel must know beside the memory. */
export type KernelHeader = {
  precision: 'f32' | 'f64';
  tables: boolean;
  /** Where leaves lie at very different depths: stop a group of trees, or of rows, as soon as none moves. */
  early: { row: boolean; rows: boolean };
  nodes: number;
  outputs: number;
  /** The address of the row, which is written anew for each prediction. */
  row: number;
};

const mostTableBytes = 64 * 1024 * 1024;

/** The trees as the memory of a kernel; null where no kernel scores them. */
export function encodeTrees(trees: Trees): { header: KernelHeader; sections: Sections } | null {
  const precision = precisionOf(trees);
  if (precision === null) return null;
  const withTables = trees.kind.includes(nodeKind.category);
  const tables = withTables ? tablesOf(trees, mostTableBytes) : noTables;
  if (tables === null) return null;
  const layout = layoutOf(precision, withTables);
  const slots = slotsOf(trees);
  const depths = depthsOf(trees);
  const programs = programsOf(trees);
  const groups = programs.reduce((sum, program) => sum + Math.ceil(program.length / lanes), 0);
  const count = trees.feature.length;
  const rowBytes = (slots.list.length / 2 + 1) * layout.slot;
  const addresses = place([
    ['none', 1],
    ['nodes', (count + 1) * layout.node],
    ['tables', tables.bytes.length],
    ['groups', groups * groupBytes],
    ['trees', trees.root.length * treeBytes],
    ['row', rowBytes],
  ]);
  const own: Sections = [
    ['base', trees.base],
    ['programs', Int32Array.from(programs, (program) => Math.ceil(program.length / lanes))],
    ['slots', slots.list],
    ['codes', codesOf(slots, tables)],
    ['tableStart', withTables ? trees.tableStart : new Int32Array(0)],
    ['tablePlace', tables.place],
  ];
  const at = (name: 'none' | 'nodes' | 'tables' | 'row') => addresses.get(name) as number;
  const memory = { layout, none: at('none'), nodes: at('nodes'), tables: at('tables'), row: at('row') };
  const address = (node: number) => memory.nodes + node * layout.node;
  return {
    header: {
      precision,
      tables: withTables,
      early: unevenness(trees, programs, depths),
      nodes: count,
      outputs: trees.base.length,
      row: at('row'),
    },
    sections: [
      ['none', new Uint8Array(1)],
      ['nodes', nodesOf(trees, slots, tables, memory)],
      ['tables', tables.bytes],
      ['groups', groupsOf(trees, programs, depths, address)],
      ['trees', treeListOf(trees, depths, layout, address)],
      ['row', new Uint8Array(rowBytes)],
      ...own,
    ],
  };
}

/** Null where the numbers or the trees are such that no kernel would give the same margins. */
function precisionOf(trees: Trees): Layout['precision'] | null {
  const { threshold, leaf, kind } = trees;
  if (trees.terms !== null || trees.combine !== undefined || !inOrder(trees)) return null;
  if (threshold.some((value, node) => kind[node] !== nodeKind.leaf && Number.isNaN(value))) return null;
  if (trees.sum === 'f64') return 'f64';
  const isSingle = (values: Float64Array) => values.every((value) => Object.is(Math.fround(value), value));
  return trees.compare === 'f32' && isSingle(threshold) && isSingle(leaf) ? 'f32' : null;
}

/** Trees one after the other, children behind their parents: as a reader leaves them. */
function inOrder({ root, left }: Trees): boolean {
  return root.every((first, tree) => {
    const end = root[tree + 1] ?? left.length;
    for (let node = first; node < end; node++) {
      const child = left[node] as number;
      if (child >= 0 && !(child > node && child + 1 < end)) return false;
    }
    return first < end;
  });
}

/** The trees of each output, in their order. */
function programsOf({ root, outputOf, base }: Trees): number[][] {
  const programs: number[][] = Array.from(base, () => []);
  for (let tree = 0; tree < root.length; tree++) programs[outputOf[tree] as number]?.push(tree);
  return programs;
}

type Memory = { layout: Layout; none: number; nodes: number; tables: number; row: number };

function nodesOf(trees: Trees, slots: Slots, tables: Tables, memory: Memory): Uint8Array {
  const { layout } = memory;
  const count = trees.feature.length;
  const bytes = new Uint8Array((count + 1) * layout.node);
  const view = new DataView(bytes.buffer);
  const put = (node: number, slot: number, child: number, value: number, table: number) => {
    const at = node * layout.node;
    view.setInt32(at, memory.row + slot * layout.slot, true);
    view.setInt32(at + layout.child, memory.nodes + child * layout.node, true);
    if (layout.precision === 'f32') view.setFloat32(at + layout.threshold, value, true);
    else view.setFloat64(at + layout.threshold, value, true);
    if (layout.tables) view.setInt32(at + layout.table, table, true);
  };
  for (let node = 0; node < count; node++) {
    const kind = trees.kind[node];
    const child = trees.left[node] as number;
    const place = memory.tables + (tables.place[trees.table[node] as number] ?? 0);
    if (kind === nodeKind.leaf) put(node, 0, node, trees.leaf[node] as number, memory.none);
    else if (kind === nodeKind.category) put(node, slots.of(node), child, Number.NaN, place);
    else put(node, slots.of(node), child, trees.threshold[node] as number, memory.none);
  }
  // The leaf that fills the last group up: adding −0 changes no sum, not even −0.
  put(count, 0, count, -0, memory.none);
  return bytes;
}

function groupsOf(
  trees: Trees,
  programs: number[][],
  depths: Int32Array,
  address: (node: number) => number,
): Int32Array {
  const filler = address(trees.feature.length);
  const groups: number[] = [];
  for (const program of programs)
    for (const group of groupsIn(program)) {
      groups.push(deepest(group, depths));
      for (let lane = 0; lane < lanes; lane++) {
        const tree = group[lane];
        groups.push(tree === undefined ? filler : address(trees.root[tree] as number));
      }
    }
  return Int32Array.from(groups);
}

function treeListOf(
  trees: Trees,
  depths: Int32Array,
  { width }: Layout,
  address: (node: number) => number,
): Int32Array {
  const list = new Int32Array((trees.root.length * treeBytes) / 4);
  trees.root.forEach((root, tree) => {
    const sums = (trees.outputOf[tree] as number) * rowsAtOnce * width;
    list.set([address(root), Math.max(1, depths[tree] as number), sums], tree * 3);
  });
  return list;
}

function codesOf(slots: Slots, { codes }: Tables): Int32Array {
  const count = slots.list.length / 2;
  return Int32Array.from({ length: count }, (_, slot) => codes.get(slots.list[slot * 2] as number) ?? 0);
}
