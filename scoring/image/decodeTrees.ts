import { nodeKind, type Trees } from '../ir.ts';
import { bodyAddress, damaged, type Image } from './container.ts';
import { layoutOf, missingCode, roles, rowsAtOnce, treeBytes } from './layout.ts';
import { tablesAgain } from './tables.ts';
import type { KernelHeader } from './trees.ts';

/** What a kernel's memory says of the trees: all but a few values that no prediction looks at. */
export type Scored = Pick<
  Trees,
  | 'base'
  | 'root'
  | 'outputOf'
  | 'kind'
  | 'feature'
  | 'threshold'
  | 'left'
  | 'missingRight'
  | 'table'
  | 'leaf'
  | 'tableStart'
  | 'tables'
>;

export function decodeTrees(image: Image, header: KernelHeader): Scored {
  const nodes = nodesOf(image, header);
  const { tableStart, tables } = tablesOf(image, header);
  const layout = layoutOf(header.precision, header.tables);
  const trees = integers(image, 'trees');
  const count = trees.length / (treeBytes / 4);
  const first = image.address('nodes');
  return {
    base: Float64Array.from(image.section('base') as Float64Array),
    root: Int32Array.from(
      { length: count },
      (_, tree) => ((trees[tree * 3] as number) - first) / layout.node,
    ),
    outputOf: Int32Array.from(
      { length: count },
      (_, tree) => (trees[tree * 3 + 2] as number) / (rowsAtOnce * layout.width),
    ),
    ...nodes,
    tableStart,
    tables,
  };
}

function nodesOf(image: Image, header: KernelHeader) {
  const { nodes: count } = header;
  const layout = layoutOf(header.precision, header.tables);
  const first = image.address('nodes');
  const slots = integers(image, 'slots');
  const tableAt = tableFinder(image, header);
  if (image.section('nodes').byteLength !== (count + 1) * layout.node) throw damaged('its nodes are cut');
  const { body } = image;
  const view = new DataView(body.buffer, body.byteOffset + first - bodyAddress, count * layout.node);
  const decoded = {
    kind: new Uint8Array(count),
    feature: new Int32Array(count).fill(-1),
    threshold: new Float64Array(count),
    left: new Int32Array(count).fill(-1),
    missingRight: new Uint8Array(count),
    table: new Int32Array(count).fill(-1),
    leaf: new Float64Array(count),
  };
  const valueAt = (at: number) =>
    layout.precision === 'f32'
      ? view.getFloat32(at + layout.threshold, true)
      : view.getFloat64(at + layout.threshold, true);
  const split = (node: number, at: number, slot: number) => {
    const role = slots[slot * 2 - 1] as number;
    decoded.feature[node] = slots[slot * 2 - 2] as number;
    decoded.left[node] = (view.getInt32(at + layout.child, true) - first) / layout.node;
    if (role === roles.category) {
      const table = view.getInt32(at + layout.table, true);
      decoded.kind[node] = nodeKind.category;
      decoded.table[node] = tableAt(table);
      decoded.missingRight[node] = body[table + missingCode - bodyAddress] as number;
      return;
    }
    decoded.kind[node] = role < roles.zeroLeft ? nodeKind.number : nodeKind.zeroIsMissing;
    decoded.threshold[node] = valueAt(at);
    decoded.missingRight[node] = role === roles.right || role === roles.zeroRight ? 1 : 0;
  };
  for (let node = 0; node < count; node++) {
    const at = node * layout.node;
    const slot = (view.getInt32(at, true) - header.row) / layout.slot;
    if (slot === 0) decoded.leaf[node] = valueAt(at);
    else split(node, at, slot);
  }
  return decoded;
}

function tableFinder(image: Image, header: KernelHeader): (address: number) => number {
  const found = new Map<number, number>();
  if (header.tables) {
    const start = image.address('tables');
    integers(image, 'tablePlace').forEach((place, table) => {
      found.set(start + place, table);
    });
  }
  return (address) => found.get(address) ?? -1;
}

function tablesOf(image: Image, header: KernelHeader): Pick<Trees, 'tableStart' | 'tables'> {
  if (!header.tables) return { tableStart: new Int32Array(1), tables: new Uint8Array(0) };
  const tableStart = Int32Array.from(integers(image, 'tableStart'));
  const bytes = image.section('tables') as Uint8Array;
  return { tableStart, tables: tablesAgain(bytes, integers(image, 'tablePlace'), tableStart) };
}

export function integers(image: Image, name: string): Int32Array {
  const numbers = image.section(name);
  if (numbers instanceof Int32Array) return numbers;
  throw damaged(`its section ${name} holds no integers`);
}
