import type { Raw } from '../../../../domain/drift/profile.ts';
import { recordsOf, unfit } from './records.ts';
import type { Numbered } from './sample.ts';

/** Every so-many-th of the objects of a text that has one in each line. */
export function* jsonRows(bytes: Uint8Array, every: number): Generator<Numbered> {
  let row = 0;
  for (const text of recordsOf(bytes, false))
    if (row++ % every === 0) yield { row, record: parsed(text, row) };
}

function parsed(text: string, row: number): Raw {
  const record = valueIn(text);
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw unfit(`has no JSON object in row ${row}: write one in each line`);
  return record as Raw;
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What a parser says of a text may quote it.
    return undefined;
  }
}
