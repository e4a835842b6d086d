import { fnv1a } from './hash.ts';
import { nameOf, numberOf, type Reads } from './values.ts';

/** The kept values of one column, row by row, in at most 8 bytes each. */
export type Column = NumberColumn | TextColumn;

export type NumberColumn = { kind: 'number'; values: Float64Array };

/**
 * The first names seen have codes from 0; a value whose name came later has only its hash. Their number is bounded, and so is the
 * memory: texts of a thousand different names are hashed or ids anyway.
 */
export type TextColumn = {
  kind: 'text';
  reads: Reads;
  codes: Uint16Array;
  hashes: Uint32Array;
  names: Map<string, number>;
};

/** A category has at most this many distinct values. */
export const mostNames = 1000;
export const unnamed = 0xfffe;
export const absent = 0xffff;
const first = 256;

export const numberColumn = (): NumberColumn => ({ kind: 'number', values: new Float64Array(first) });

export const textColumn = (reads: Reads): TextColumn => ({
  kind: 'text',
  reads,
  codes: new Uint16Array(first),
  hashes: new Uint32Array(first),
  names: new Map(),
});

/** Keep the value of a row; rows come in order. */
export function put(column: Column, row: number, value: unknown): void {
  if (column.kind === 'number') {
    if (row >= column.values.length) column.values = doubled(column.values, Float64Array);
    column.values[row] = numberOf(value);
    return;
  }
  if (row >= column.codes.length) {
    column.codes = doubled(column.codes, Uint16Array);
    column.hashes = doubled(column.hashes, Uint32Array);
  }
  const name = nameOf(column.reads, value);
  column.codes[row] = name === null ? absent : codeOf(column.names, name);
  column.hashes[row] = name === null ? 0 : fnv1a(name);
}

function codeOf(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size > mostNames) return unnamed;
  names.set(name, names.size);
  return names.size - 1;
}

/** Forget every second row of those kept. */
export function halve(column: Column, rows: number): void {
  const lists = column.kind === 'number' ? [column.values] : [column.codes, column.hashes];
  for (const list of lists) for (let row = 0; 2 * row < rows; row++) list[row] = list[2 * row] as number;
}

function doubled<T extends Float64Array | Uint16Array | Uint32Array>(
  list: T,
  make: new (length: number) => T,
): T {
  const grown = new make(2 * list.length);
  grown.set(list);
  return grown;
}
