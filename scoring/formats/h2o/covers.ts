import { malformed } from '../../refusals.ts';

type Side = { id: number; cover: number };

/** How much of the training data, by weight, reached each node of a tree; 0 where the file does not tell. */
export type Covers = { root: number; below(id: number): { left: Side; right: Side } };

const nothing: Side = { id: -1, cover: 0 };
const noCovers: Covers = { root: 0, below: () => ({ left: nothing, right: nothing }) };
const entrySize = 40;

/**
 * A tree's `_aux.bin`: one entry of 40 bytes per inner node, found by the node's number: its own number, then the
 * weights left and right at byte 8, then predictions and errors, then the numbers of its children at byte 32.
 */
export function readCovers(bytes: Uint8Array | undefined, at: string): Covers {
  if (!bytes || bytes.length === 0) return noCovers;
  if (bytes.length % entrySize !== 0) throw malformed('The weights of a tree are cut off.', at);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<number, number>();
  for (let entry = 0; entry < bytes.length; entry += entrySize)
    entries.set(view.getInt32(entry, true), entry);
  const below = (id: number) => {
    const entry = entries.get(id);
    if (entry === undefined) throw malformed('The weights of a node are missing.', at);
    const side = (which: 0 | 4): Side => ({
      id: view.getInt32(entry + 32 + which, true),
      cover: view.getFloat32(entry + 8 + which, true),
    });
    return { left: side(0), right: side(4) };
  };
  const { left, right } = below(0);
  return { root: left.cover + right.cover, below };
}
