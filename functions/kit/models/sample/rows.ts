import type { Feature } from '../../../../scoring/ir.ts';
import { csvRows } from './csv.ts';
import { jsonRows } from './jsonLines.ts';
import { isParquet } from './parquet/footer.ts';
import { parquetSample } from './parquet/read.ts';
import { recordsOf, tooMuch, unfit } from './records.ts';
import type { Sample } from './sample.ts';

const mostRows = 1_000_000;

/** First bytes of what is a table too, and what to do about it. */
const otherwise: [start: number[], hint: string][] = [
  [[0x1f, 0x8b], 'is compressed: upload it as it was before'],
  [[0x50, 0x4b, 3, 4], 'is a ZIP archive or a workbook: write it as CSV, JSON lines or Parquet'],
  [[0xff, 0xfe], 'is in UTF-16: write it in UTF-8'],
  [[0xfe, 0xff], 'is in UTF-16: write it in UTF-8'],
];

/** Tell CSV, JSON lines and Parquet by their bytes. Throws a Problem on anything else, here or while rows are taken. */
export function readSample(bytes: Uint8Array, features: readonly Feature[]): Sample {
  const sample = isParquet(bytes) ? parquetSample(bytes, features) : textSample(bytes, features);
  if (sample.rows === 0) throw unfit('has no rows');
  if (sample.rows > mostRows) throw tooMuch(`${mostRows} rows`);
  return sample;
}

function textSample(bytes: Uint8Array, features: readonly Feature[]): Sample {
  for (const [start, hint] of otherwise) if (start.every((byte, i) => bytes[i] === byte)) throw unfit(hint);
  const first = firstOf(bytes);
  if (first === '[') throw unfit('is one JSON list: write JSON lines, an object in each line');
  const isJson = first === '{';
  const rows = counted(bytes, isJson);
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
