import { nodeKind, type Trees } from '../ir.ts';

/**
 * Category tables as kernels read them: the bytes of a table stand from its place on, one per code, the byte
 * for other codes before it and the byte for missing before that.
 */
export type Tables = {
  bytes: Uint8Array;
  /** Of each table of the IR, its place in `bytes`. */
  place: Int32Array;
  /** Of each feature, how many codes all its tables have; shorter ones are filled up with their other byte. */
  codes: Map<number, number>;
};

export const noTables: Tables = { bytes: new Uint8Array(0), place: new Int32Array(0), codes: new Map() };

/** Null where filling up would take more than `most` bytes. */
export function tablesOf(trees: Trees, most: number): Tables | null {
  const { tableStart, tables } = trees;
  const count = tableStart.length - 1;
  const codes = new Map<number, number>();
  const own = (table: number) => (tableStart[table + 1] as number) - (tableStart[table] as number) - 2;
  eachCategory(trees, (feature, table) => {
    codes.set(feature, Math.max(codes.get(feature) ?? 0, own(table)));
  });
  const lengths = Float64Array.from({ length: count }, (_, table) => own(table));
  eachCategory(trees, (feature, table) => {
    lengths[table] = Math.max(lengths[table] as number, codes.get(feature) as number);
  });
  const size = lengths.reduce((sum, length) => sum + length + 2, 0);
  if (size > most) return null;
  const bytes = new Uint8Array(size);
  const place = new Int32Array(count);
  let next = 0;
  for (let table = 0; table < count; table++) {
    const from = tableStart[table] as number;
    const length = own(table);
    const at = next + 2;
    place[table] = at;
    bytes[at - 2] = tables[from + length + 1] as number;
    bytes[at - 1] = tables[from + length] as number;
    bytes.set(tables.subarray(from, from + length), at);
    next = at + (lengths[table] as number);
    bytes.fill(tables[from + length] as number, at + length, next);
  }
  return { bytes, place, codes };
}

function eachCategory(trees: Trees, see: (feature: number, table: number) => void): void {
  for (let node = 0; node < trees.kind.length; node++)
    if (trees.kind[node] === nodeKind.category)
      see(trees.feature[node] as number, trees.table[node] as number);
}

/** The tables of the IR again. */
export function tablesAgain(bytes: Uint8Array, place: Int32Array, tableStart: Int32Array): Uint8Array {
  const tables = new Uint8Array(tableStart.at(-1) ?? 0);
  for (let table = 0; table < place.length; table++) {
    const to = tableStart[table] as number;
    const length = (tableStart[table + 1] as number) - to - 2;
    const at = place[table] as number;
    tables.set(bytes.subarray(at, at + length), to);
    tables[to + length] = bytes[at - 1] as number;
    tables[to + length + 1] = bytes[at - 2] as number;
  }
  return tables;
}
