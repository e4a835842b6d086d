import { deltas, lengthsFirst, sharedPrefixes } from './delta.ts';
import type { Column } from './footer.ts';
import { hybrid } from './hybrid.ts';
import { damaged, unread } from './refusals.ts';

/** A value as it is stored, before its logical type says what it means. */
export type Stored = number | bigint | boolean | Uint8Array;

/** The values of a page by their places, those of missing cells left out. */
export type Values = (index: number) => Stored;

export type Dictionary = { count: number; values: Values };

type Page = {
  bytes: Uint8Array;
  count: number;
  column: Column;
  dictionary: Dictionary | undefined;
  charge: (bytes: number) => void;
};

/** Numbers of the physical types in Parquet's metadata. */
const physical = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  bytes: 6,
  fixed: 7,
} as const;

const encodings: Record<number, (page: Page) => Values> = {
  0: plain,
  2: ofDictionary,
  3: ({ bytes, count, column }) => {
    if (column.physical !== physical.boolean) throw damaged();
    const bits = hybrid(bytes.subarray(4), 1, count);
    return (i) => bits[i] === 1;
  },
  5: ({ bytes, count, column }) => {
    const read = deltas(bytes, count, column.physical === physical.int32);
    if (!read)
      throw unread(column.name, 'whole numbers beyond 2^53 as differences', 'write it with plain encoding');
    return listed(read.values);
  },
  6: ({ bytes, count }) => listed(lengthsFirst(bytes, count)),
  7: ({ bytes, count, charge }) => listed(sharedPrefixes(bytes, count, charge)),
  8: ofDictionary,
  9: split,
};

/** The values of a page, of an encoding by its number. */
export function valuesOf(encoding: number, page: Page): Values {
  if (page.count === 0) return listed([]);
  const read = encodings[encoding];
  if (!read) throw unread(page.column.name, `the encoding ${encoding}`, 'write it with plain encoding');
  return read(page);
}

const listed =
  (values: ArrayLike<Stored>): Values =>
  (i) =>
    values[i] as Stored;

export function plain({ bytes, count, column }: Pick<Page, 'bytes' | 'count' | 'column'>): Values {
  if (column.physical === physical.bytes) return texts(bytes, count);
  if (column.physical === physical.boolean) {
    if (bytes.length * 8 < count) throw damaged();
    return (i) => (((bytes[i >> 3] as number) >> (i & 7)) & 1) === 1;
  }
  const width = widthOf(column);
  if (bytes.length < count * width) throw damaged();
  return numbers(bytes, column.physical, width);
}

/** Each with its length before it. */
function texts(bytes: Uint8Array, count: number): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw damaged();
    at += 4 + view.getUint32(at, true);
    ends[i] = at;
  }
  if (at > bytes.length) throw damaged();
  return (i) => bytes.subarray((ends[i - 1] ?? 0) + 4, ends[i]);
}

function widthOf({ physical: type, length }: Column): number {
  const width = [0, 4, 8, 12, 4, 8, 0, length][type] ?? 0;
  if (width <= 0) throw damaged();
  return width;
}

function numbers(bytes: Uint8Array, type: number, width: number): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === physical.int32) return (i) => view.getInt32(i * 4, true);
  if (type === physical.int64) return (i) => view.getBigInt64(i * 8, true);
  if (type === physical.float) return (i) => view.getFloat32(i * 4, true);
  if (type === physical.double) return (i) => view.getFloat64(i * 8, true);
  return (i) => bytes.subarray(i * width, (i + 1) * width);
}

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second ones, … */
function split({ bytes, count, column }: Page): Values {
  const width = widthOf(column);
  if (bytes.length < count * width) throw damaged();
  const joined = new Uint8Array(count * width);
  for (let i = 0; i < joined.length; i++)
    joined[i] = bytes[(i % width) * count + Math.floor(i / width)] as number;
  return numbers(joined, column.physical, width);
}

function ofDictionary({ bytes, count, dictionary }: Page): Values {
  const places = hybrid(bytes.subarray(1), bytes[0] ?? 0, count);
  if (!dictionary || places.some((place) => place >= dictionary.count)) throw damaged();
  return (i) => dictionary.values(places[i] as number);
}
