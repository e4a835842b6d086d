/**
 * Where the kernels find what: the one table of offsets, for the code that writes images, reads them back and
 * generates the kernels.
 *
 * A node is a slot's address, the address of its left child, a threshold, and in kernels with tables a
 * table's address. The right child is the next node. A row goes right where slot >= threshold, or where the
 * table's byte of the slot's code is 1. A leaf reads the first slot of the row, which is always NaN, has itself
 * as its child and its value in place of the threshold: so a row that has come to it stays.
 */
export type Layout = {
  precision: 'f32' | 'f64';
  tables: boolean;
  /** Bytes of a node and of a slot. */
  node: number;
  slot: number;
  /** Bytes of a number. */
  width: number;
  /** Offsets inside a node; the slot's address is at 0. */
  child: number;
  threshold: number;
  table: number;
  /** Offset inside a slot; its value is at 0. */
  code: number;
};

export const layoutOf = (precision: 'f32' | 'f64', tables: boolean): Layout => {
  const single = precision === 'f32';
  return {
    precision,
    tables,
    node: single || !tables ? 16 : 24,
    slot: (single ? 4 : 8) * (tables ? 2 : 1),
    width: single ? 4 : 8,
    child: 4,
    threshold: 8,
    table: single ? 12 : 16,
    code: single ? 4 : 8,
  };
};

/** Trees in lockstep for one row: their depth, then the addresses of their roots. */
export const lanes = 8;
export const groupBytes = 4 * (1 + lanes);

/** Rows in lockstep through one tree: its root, its depth, where its output's sums lie in a block of sums. */
export const rowsAtOnce = 12;
export const treeBytes = 12;

/** What a slot holds of its feature, and what it holds where the feature is missing. */
export const roles = {
  /** NaN, which is never >= a threshold: left. */
  left: 0,
  /** Infinity: right. */
  right: 1,
  /** The same two where zero means missing. */
  zeroLeft: 2,
  zeroRight: 3,
  /** NaN for the value; the code is a place in a table. */
  category: 4,
} as const;

/** Places in a table, beside those of its codes. */
export const otherCode = -1;
export const missingCode = -2;
