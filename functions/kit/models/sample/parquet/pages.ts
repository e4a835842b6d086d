import { tooMuch } from '../records.ts';
import { type Dictionary, plain, type Values, valuesOf } from './encodings.ts';
import type { Chunk, Column } from './footer.ts';
import { hybrid } from './hybrid.ts';
import { inflate } from './inflate.ts';
import { damaged, unread } from './refusals.ts';
import { type Fields, needed, numberOf, structAt, structOf, truthOf } from './thrift.ts';

/** What reading a file may still take: a small file can stand for a large one, and name its pages many times. */
export type Budget = { bytes: number };

const mostBytes = 512 * 1024 * 1024;
/** What a page is charged beside its bytes. */
const pageBytes = 1000;
/** Values in the header of one page, with its statistics. */
const headerValues = 200;

export const fullBudget = (): Budget => ({ bytes: mostBytes });

export function charge(budget: Budget, bytes: number): void {
  budget.bytes -= bytes;
  if (budget.bytes < 0) throw tooMuch(`${mostBytes} bytes of rows once it is uncompressed`);
}

/** A column of a row group. */
export type Source = { chunk: Chunk; column: Column; rows: number; budget: Budget };
/** A source while it is read: its dictionary, once that was met, and how many rows are still to come. */
type Reading = Source & { dictionary: Dictionary | undefined; left: number };

/** Rows of a page and the values that are there: of each row 1 or 0 for whether it has one; undefined if all do. */
export type Page = { rows: number; present: Uint32Array | undefined; values: Values };

/** The data pages of a column, which together have the rows of their group. Throws a Problem where they do not. */
export function* pagesOf(file: Uint8Array, source: Source): Generator<Page> {
  const bytes = file.subarray(source.chunk.start, source.chunk.end);
  const reading: Reading = { ...source, dictionary: undefined, left: source.rows };
  for (let at = 0; reading.left > 0; ) {
    const cursor = { bytes, at, left: headerValues };
    const header = structAt(cursor);
    const length = countOf(header, 3, bytes.length - cursor.at);
    const body = bytes.subarray(cursor.at, cursor.at + length);
    at = cursor.at + length;
    const page = pageOf(header, body, reading);
    if (!page) continue;
    reading.left -= page.rows;
    yield page;
  }
}

/** Undefined for what holds no rows. */
function pageOf(header: Fields, body: Uint8Array, reading: Reading): Page | undefined {
  const size = countOf(header, 2, Number.MAX_SAFE_INTEGER);
  charge(reading.budget, pageBytes + size + body.length);
  switch (numberOf(header, 1)) {
    case 0:
      return firstForm(needed(structOf(header, 5)), body, size, reading);
    case 2:
      reading.dictionary = dictionaryOf(needed(structOf(header, 7)), body, size, reading);
      return undefined;
    case 3:
      return secondForm(needed(structOf(header, 8)), body, size, reading);
    default:
      return undefined;
  }
}

function dictionaryOf(about: Fields, body: Uint8Array, size: number, { chunk, column }: Source): Dictionary {
  const bytes = inflate(body, chunk.codec, size, column.name);
  const count = countOf(about, 1, bytes.length);
  return { count, values: plain({ bytes, count, column }) };
}

/** DATA_PAGE: which values are missing is compressed with them. */
function firstForm(about: Fields, body: Uint8Array, size: number, reading: Reading): Page {
  const { column, chunk, left } = reading;
  const rows = countOf(about, 1, left);
  const encoding = needed(numberOf(about, 2));
  const bytes = inflate(body, chunk.codec, size, column.name);
  if (!column.optional) return filled({ rows, present: undefined, bytes, encoding }, reading);
  if (numberOf(about, 3) !== 3)
    throw unread(column.name, 'an old encoding of missing values', 'write it anew');
  if (bytes.length < 4) throw damaged();
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const present = hybrid(bytes.subarray(4, end), 1, rows);
  return filled({ rows, present, bytes: bytes.subarray(end), encoding }, reading);
}

/** DATA_PAGE_V2: which values are missing lies before them as it is. */
function secondForm(about: Fields, body: Uint8Array, size: number, reading: Reading): Page {
  const { column, chunk, left } = reading;
  const rows = countOf(about, 1, left);
  const encoding = needed(numberOf(about, 4));
  const levels = countOf(about, 5, Math.min(body.length, size));
  if (numberOf(about, 6) !== 0) throw damaged();
  const codec = truthOf(about, 7) === false ? 0 : chunk.codec;
  const bytes = inflate(body.subarray(levels), codec, size - levels, column.name);
  const present = column.optional ? hybrid(body.subarray(0, levels), 1, rows) : undefined;
  return filled({ rows, present, bytes, encoding }, reading);
}

type Parts = Pick<Page, 'rows' | 'present'> & { bytes: Uint8Array; encoding: number };

function filled(parts: Parts, { column, dictionary, budget }: Reading): Page {
  const { rows, bytes, encoding } = parts;
  const count = parts.present ? sumOf(parts.present) : rows;
  const present = count === rows ? undefined : parts.present;
  const charged = (more: number) => charge(budget, more);
  return { rows, present, values: valuesOf(encoding, { bytes, count, column, dictionary, charge: charged }) };
}

function sumOf(levels: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < levels.length; i++) sum += levels[i] as number;
  return sum;
}

function countOf(fields: Fields, id: number, most: number): number {
  const count = needed(numberOf(fields, id));
  if (count < 0 || count > most) throw damaged();
  return count;
}
