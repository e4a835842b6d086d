import { Problem } from '../../../../domain/problem.ts';

const step = 1 << 18;
/** UTF-16 units of one record: no row of a table is longer. */
const mostUnits = 1 << 20;
/** Empty ones and those within quoted fields too. */
const mostLines = 4_000_000;

/** What is wrong with a sample as a whole, or with a row by its number: never a value of it. */
export const unfit = (what: string) => new Problem('invalid', `The baseline ${what}`);
export const tooMuch = (what: string) => unfit(`has more than ${what}: upload some of them, taken at random`);

/**
 * The records of a text, in turn: its lines without their ends, empty ones left out. Where fields may be quoted, a
 * record goes on until its quotes are even. Throws a Problem on what is no text and on records without an end.
 */
export function* recordsOf(bytes: Uint8Array, quoted: boolean): Generator<string> {
  for (const record of quoted ? joined(linesOf(bytes)) : linesOf(bytes))
    if (record.trim() !== '') yield record.endsWith('\r') ? record.slice(0, -1) : record;
}

function* joined(lines: Iterable<string>): Generator<string> {
  let open: string | undefined;
  for (const line of lines) {
    const record = bounded(open === undefined ? line : `${open}\n${line}`);
    const goesOn = hasOddQuotes(line) === (open === undefined);
    open = goesOn ? record : undefined;
    if (!goesOn) yield record;
  }
  if (open !== undefined) throw unfit('has a quoted field that does not end');
}

function* linesOf(bytes: Uint8Array): Generator<string> {
  let begun = '';
  let ended = 0;
  for (const text of textOf(bytes)) {
    const lines = (begun + text).split('\n');
    begun = bounded(lines.pop() ?? '');
    ended += lines.length;
    if (ended > mostLines) throw unfit(`has more than ${mostLines} lines`);
    yield* lines;
  }
  if (begun !== '') yield begun;
}

function bounded(record: string): string {
  if (record.length > mostUnits) throw unfit(`has a row of more than ${mostUnits} characters`);
  return record;
}

function hasOddQuotes(line: string): boolean {
  let odd = false;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

/** Piece by piece: as one string a sample could be longer than strings are. */
function* textOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let at = 0; at < bytes.length; at += step) {
    const text = utf8(() =>
      decoder.decode(bytes.subarray(at, at + step), { stream: at + step < bytes.length }),
    );
    if (text.includes('\0')) throw unfit('is no text: write it as CSV or JSON lines');
    yield text;
  }
}

function utf8(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw unfit('is not in UTF-8');
  }
}
