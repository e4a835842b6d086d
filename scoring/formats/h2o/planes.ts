import { malformed } from '../../refusals.ts';

/** A plane's normal and point are the doubles at `at`; `left` is its left child, the right one follows. */
type PlaneNode = { kind: 'plane'; at: number; left: number } | { kind: 'leaf'; depth: number; rows: number };

export type PlaneTree = { view: DataView; nodes: PlaneNode[] };

const plane = 0x4e;
const leaf = 0x4c;

/**
 * One tree of an extended isolation forest, little-endian: the number of columns, then nodes in any order, each
 * with its place in a complete binary tree (the children of i are 2i + 1 and 2i + 2, so no tree is deeper than 31),
 * then zeros.
 */
export function readPlaneTree(bytes: Uint8Array, features: number, at: string): PlaneTree {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getInt32(0, true) !== features)
    throw malformed('A tree has other columns than the model.', at);
  const places = placesIn(view, features, at);
  const nodes: PlaneNode[] = [];
  const order: { id: number; depth: number }[] = [{ id: 0, depth: 0 }];
  for (const { id, depth } of order) {
    const from = places.get(id);
    if (from === undefined) throw malformed('A node of a tree is missing.', at);
    if (view.getUint8(from) === leaf) {
      nodes.push({ kind: 'leaf', depth, rows: rowsAt(view, from + 1, at) });
      continue;
    }
    checkPlane(view, from + 1, features, at);
    nodes.push({ kind: 'plane', at: from + 1, left: order.length });
    order.push({ id: 2 * id + 1, depth: depth + 1 }, { id: 2 * id + 2, depth: depth + 1 });
  }
  return { view, nodes };
}

/** Where each node's kind stands, by the node's number; each number once, so there is no cycle. */
function placesIn(view: DataView, features: number, at: string): Map<number, number> {
  const places = new Map<number, number>();
  let from = 4;
  while (from + 5 <= view.byteLength) {
    const kind = view.getUint8(from + 4);
    if (kind !== plane && kind !== leaf) break;
    const id = view.getInt32(from, true);
    if (places.has(id)) throw malformed('A node of a tree stands twice.', at);
    places.set(id, from + 4);
    from += 5 + (kind === plane ? 16 * features : 4);
    if (from > view.byteLength) throw malformed('A tree ends too early.', at);
  }
  return places;
}

function rowsAt(view: DataView, from: number, at: string): number {
  const rows = view.getInt32(from, true);
  if (rows < 0) throw malformed('A leaf has a negative number of rows.', at);
  return rows;
}

function checkPlane(view: DataView, from: number, features: number, at: string): void {
  for (let i = 0; i < 2 * features; i++)
    if (!Number.isFinite(view.getFloat64(from + 8 * i, true)))
      throw malformed('A plane holds something that is no number.', at);
}
