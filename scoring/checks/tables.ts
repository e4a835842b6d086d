import type { Caps } from '../caps.ts';
import { tooLarge } from '../refusals.ts';

/**
 * Category tables: a byte per code, 1 goes right; then the byte for other codes, then the one for missing. Nodes
 * that split alike share a table.
 */
export function tableStore(caps: Caps) {
  let bytes = new Uint8Array(1024);
  let used = 0;
  const starts = [0];
  const byHash = new Map<number, number[]>();
  const isAt = (index: number, table: Uint8Array) => {
    const start = starts[index] as number;
    if ((starts[index + 1] as number) - start !== table.length) return false;
    return table.every((byte, i) => byte === bytes[start + i]);
  };
  function add(table: Uint8Array): number {
    const alike = hashed(byHash, hashOf(table));
    const known = alike.find((index) => isAt(index, table));
    if (known !== undefined) return known;
    if (used + table.length > caps.tableBytes)
      throw tooLarge('The categorical splits of the model are too large.');
    if (used + table.length > bytes.length) {
      const grown = new Uint8Array(Math.max(bytes.length * 2, used + table.length));
      grown.set(bytes);
      bytes = grown;
    }
    bytes.set(table, used);
    used += table.length;
    starts.push(used);
    if (alike.length < mostAlike) alike.push(starts.length - 2);
    return starts.length - 2;
  }
  return {
    add,
    finish: () => ({ tableStart: Int32Array.from(starts), tables: bytes.slice(0, used) }),
  };
}

/** A file made to collide costs some space, not time. */
const mostAlike = 8;

function hashed(lists: Map<number, number[]>, hash: number): number[] {
  const known = lists.get(hash);
  if (known) return known;
  const list: number[] = [];
  lists.set(hash, list);
  return list;
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
