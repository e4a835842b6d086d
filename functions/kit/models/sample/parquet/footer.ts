import { unfit } from '../records.ts';
import { type Meaning, meaningOf } from './meanings.ts';
import { damaged } from './refusals.ts';
import {
  bytesOf,
  type Fields,
  isBytes,
  isStruct,
  listOf,
  needed,
  numberOf,
  structAt,
  structOf,
} from './thrift.ts';

const mostColumns = 10_000;
const mostValues = 1_000_000;

/** A column as the file's schema has it. */
export type Column = Meaning & {
  name: string;
  /** Its place among the chunks of a row group. */
  index: number;
  /** The number of the type that it is stored in. */
  physical: number;
  /** Bytes of a value of fixed length. */
  length: number;
  optional: boolean;
};

/** Where a column of a row group lies. */
export type Chunk = { codec: number; start: number; end: number };
type Group = { rows: number; chunkOf(column: Column): Chunk };

/** Of each name its column, or why there is none to read. */
export type Footer = { rows: number; columns: Map<string, Column | 'nested' | 'twice'>; groups: Group[] };

const magic = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

export const isParquet = (bytes: Uint8Array): boolean => /^PAR[1E]$/.test(magic(bytes, 0));

/** The metadata at the end of a Parquet file. Throws a Problem on anything that does not fit together. */
export function footerOf(bytes: Uint8Array): Footer {
  if (magic(bytes, 0) === 'PARE') throw encrypted();
  if (bytes.length < 12 || magic(bytes, bytes.length - 4) !== 'PAR1') throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes.length - 8 - view.getUint32(bytes.length - 8, true);
  if (start < 4) throw damaged();
  const file = structAt({ bytes: bytes.subarray(start, -8), at: 0, left: mostValues });
  const { columns, leaves } = columnsOf(listOf(file, 2, isStruct));
  const groups = listOf(file, 4, isStruct).map((group) => groupOf(group, leaves, start));
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== numberOf(file, 3)) throw damaged();
  return { rows, columns, groups };
}

function columnsOf(schema: readonly Fields[]) {
  const { top, leaves } = topOf(schema.slice(1));
  if (leaves > mostColumns) throw unfit(`has more than ${mostColumns} columns`);
  const columns: Footer['columns'] = new Map();
  for (const { element, index, isNested } of top) {
    const name = textOf(needed(bytesOf(element, 4)));
    const column = isNested ? 'nested' : columnOf(element, name, index);
    columns.set(name, columns.has(name) ? 'twice' : column);
  }
  return { columns, leaves };
}

/** The schema is a tree written in depth-first order, whose leaves are what is stored: its first level, and theirs. */
function topOf(elements: readonly Fields[]) {
  const top: { element: Fields; index: number; isNested: boolean }[] = [];
  let leaves = 0;
  let below = 0;
  for (const element of elements) {
    const children = numberOf(element, 5) ?? 0;
    if (children < 0 || children > elements.length) throw damaged();
    const isRepeated = numberOf(element, 3) === 2;
    if (below === 0) top.push({ element, index: leaves, isNested: children > 0 || isRepeated });
    below = Math.max(below - 1, 0) + children;
    if (children === 0) leaves++;
  }
  if (below !== 0) throw damaged();
  return { top, leaves };
}

const columnOf = (element: Fields, name: string, index: number): Column => ({
  ...meaningOf(element),
  ...{ name, index },
  physical: needed(numberOf(element, 1)),
  length: numberOf(element, 2) ?? 0,
  optional: numberOf(element, 3) === 1,
});

function groupOf(group: Fields, leaves: number, end: number): Group {
  const chunks = listOf(group, 1, isStruct);
  const rows = needed(numberOf(group, 3));
  if (chunks.length !== leaves || rows < 0) throw damaged();
  return { rows, chunkOf: (column) => chunkOf(chunks[column.index] as Fields, column, end) };
}

function chunkOf(fields: Fields, { name }: Column, footer: number): Chunk {
  if (fields.has(8)) throw encrypted();
  if (fields.has(1)) throw unfit('is a Parquet file whose columns lie in other files');
  const chunk = needed(structOf(fields, 3));
  const path = listOf(chunk, 3, isBytes);
  if (path.length !== 1 || textOf(path[0] as Uint8Array) !== name) throw damaged();
  const data = needed(numberOf(chunk, 9));
  // Some writers say 0 where there is no dictionary.
  const start = Math.min(numberOf(chunk, 11) || data, data);
  const end = start + needed(numberOf(chunk, 7));
  if (start < 4 || end < start || end > footer) throw damaged();
  return { codec: needed(numberOf(chunk, 4)), start, end };
}

const encrypted = () => unfit('is an encrypted Parquet file: write it without encryption');

const utf8 = new TextDecoder();
const textOf = (bytes: Uint8Array) => utf8.decode(bytes);
