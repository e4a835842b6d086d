import { caps } from '../../caps.ts';
import { type RawTree, rawTree } from '../../checks/validate.ts';
import { nodeKind } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import type { Covers } from './covers.ts';
import type { Split, SplitReader } from './splits.ts';
import type { TableOf } from './tables.ts';

/** A part of a tree that is still to be read, and where it must begin. */
type Pending = {
  parent: number;
  isRight: boolean;
  isLeaf: boolean;
  id: number;
  cover: number;
  start: number;
};

/** What a tree's bytes are read with. */
export type Parts = { covers: Covers; splitAt: SplitReader; tableOf: TableOf };

/** A tree that is one leaf has this in place of a column. */
const noColumn = 0xffff;

/**
 * One tree of a MOJO (`trees/tCC_GGG.bin`): nodes in preorder, little-endian. What a node says about where its right
 * side begins must be where its left side ends, so every byte is read once.
 */
export function readTree(bytes: Uint8Array, parts: Parts, at: string): RawTree {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // No node is shorter than four bytes.
  const room = Math.min((bytes.length >> 2) + 1, caps.nodes);
  const raw = rawTree(room);
  if (bytes.length >= 3 && view.getUint16(1, true) === noColumn) {
    raw.leaf[0] = leafAt(view, 3, at);
    raw.cover[0] = 1;
    return raw;
  }
  const pending: Pending[] = [
    { parent: -1, isRight: false, isLeaf: false, id: 0, cover: parts.covers.root, start: 0 },
  ];
  let cursor = 0;
  let size = 0;
  for (let part = pending.pop(); part; part = pending.pop()) {
    if (part.start !== cursor) throw malformed('The sides of a node do not meet.', at);
    if (size === room) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, at);
    const node = size++;
    attach(raw, part, node);
    if (part.isLeaf) {
      raw.leaf[node] = leafAt(view, cursor, at);
      cursor += 4;
    } else cursor = readInner(view, cursor, raw, node, part.id, parts, pending, at);
  }
  if (cursor !== bytes.length) throw malformed('A tree is followed by further bytes.', at);
  return raw;
}

function leafAt(view: DataView, from: number, at: string): number {
  if (from + 4 > view.byteLength) throw malformed('A tree ends too early.', at);
  return view.getFloat32(from, true);
}

/** Writes a split, leaves its two sides pending, the left one on top, and gives the place where that begins. */
function readInner(
  view: DataView,
  from: number,
  raw: RawTree,
  node: number,
  id: number,
  { covers, splitAt, tableOf }: Parts,
  pending: Pending[],
  at: string,
): number {
  // Every left side that is not read to its end keeps a right side waiting.
  if (pending.length > caps.depth) throw tooLarge(`A tree is deeper than ${caps.depth}.`, at);
  const split = splitAt(view, from, at);
  writeSplit(raw, node, split, tableOf, at);
  const { left, right } = covers.below(id);
  pending.push({ ...right, parent: node, isRight: true, isLeaf: split.rightIsLeaf, start: split.right });
  pending.push({ ...left, parent: node, isRight: false, isLeaf: split.leftIsLeaf, start: split.left });
  return split.left;
}

function attach(raw: RawTree, { parent, isRight, cover }: Pending, node: number): void {
  raw.cover[node] = cover;
  if (parent < 0) return;
  if (isRight) raw.right[parent] = node;
  else raw.left[parent] = node;
}

function writeSplit(raw: RawTree, node: number, split: Split, tableOf: TableOf, at: string): void {
  const { test, leftward } = split;
  raw.feature[node] = split.column;
  raw.missingRight[node] = leftward ? 0 : 1;
  const table = tableOf(split, at);
  if (table >= 0) {
    raw.kind[node] = nodeKind.category;
    raw.table[node] = table;
    return;
  }
  raw.kind[node] = nodeKind.number;
  // Where only missing values go right, no number is large enough to follow them.
  raw.threshold[node] = test.kind === 'number' ? test.threshold : Number.POSITIVE_INFINITY;
}
