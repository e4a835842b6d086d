import type { Feature } from '../../../../scoring/ir.ts';
import { csvRows, type Numbered } from './csv.ts';
import { jsonRows } from './jsonLines.ts';
import { recordsOf, unfit } from './records.ts';

const mostRows = 1_000_000;

/** A sample whose kind is known and whose rows are counted. */
type Sample = {
  rows: number;
  /** Every so-many-th row, from the first. */
  take(every: number): Generator<Numbered>;
};

/** First bytes of what is a table too, and what to do about it. */
const otherwise: [start: number[], hint: string][] = [
  [[0x50, 0x41, 0x52, 0x31], 'is a Parquet file: write it as CSV or JSON lines'],
  [[0x1f, 0x8b], 'is compressed: upload it as it was before'],
  [[0x50, 0x4b, 3, 4], 'is a ZIP archive or a workbook: write it as CSV or JSON lines'],
  [[0xff, 0xfe], 'is in UTF-16: write it in UTF-8'],
  [[0xfe, 0xff], 'is in UTF-16: write it in UTF-8'],
];

/** Tell CSV and JSON lines by their bytes. Throws a Problem on anything else, here or while rows are taken. */
export function readSample(bytes: Uint8Array, features: readonly Feature[]): Sample {
  for (const [start, hint] of otherwise) if (start.every((byte, i) => bytes[i] === byte)) throw unfit(hint);
  const first = firstOf(bytes);
  if (first === '[') throw unfit('is one JSON list: write JSON lines, an object in each line');
  const isJson = first === '{';
  const rows = counted(bytes, isJson);
  if (rows === 0) throw unfit('has no rows');
  if (rows > mostRows) throw unfit(`has more than ${mostRows} rows: upload some of them, taken at random`);
  return { rows, take: (every) => (isJson ? jsonRows(bytes, every) : csvRows(bytes, features, every)) };
}

/** The first character that is neither space nor a mark of the encoding. */
const firstOf = (bytes: Uint8Array) =>
  new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart().slice(0, 1);

function counted(bytes: Uint8Array, isJson: boolean): number {
  let records = 0;
  for (const _ of recordsOf(bytes, !isJson)) if (++records > mostRows + 1) break;
  return isJson ? records : Math.max(records - 1, 0);
}
