import { caps } from '../caps.ts';
import { malformed, tooLarge } from '../refusals.ts';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses JSON whose nesting and number of parts were counted first: hostile text costs one pass over its
 * bytes.
 * A bare NaN, which XGBoost 1 writes where a categorical split has no threshold, comes out as an empty text.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const marks = measure(bytes);
  try {
    return JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(marks.length > 0 ? without(bytes, marks) : bytes),
    );
  } catch {
    throw malformed('The file is not valid JSON.');
  }
}

function without(bytes: Uint8Array, marks: number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const mark of marks) copy.set([quote, quote, 0x20], mark);
  return copy;
}

const opens = (byte: number) => byte === 0x7b || byte === 0x5b;
const closes = (byte: number) => byte === 0x7d || byte === 0x5d;
const standsNaN = (bytes: Uint8Array, at: number) =>
  bytes[at] === 0x4e && bytes[at + 1] === 0x61 && bytes[at + 2] === 0x4e;

type Tally = { depth: number; containers: number; strings: number; marks: number[] };

/** Where NaN stands outside of texts. */
function measure(bytes: Uint8Array): number[] {
  const tally: Tally = { depth: 0, containers: 0, strings: 0, marks: [] };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === quote) {
      i = endOfString(bytes, i + 1);
      tally.strings++;
    } else if (opens(byte)) open(tally);
    else if (closes(byte)) tally.depth--;
    else if (standsNaN(bytes, i)) mark(tally, i);
  }
  if (tally.strings > caps.jsonStrings) throw tooLarge('The JSON has too many parts.');
  return tally.marks;
}

function open(tally: Tally): void {
  tally.depth++;
  tally.containers++;
  if (tally.depth > caps.nesting) throw tooLarge(`The JSON is nested deeper than ${caps.nesting}.`);
  if (tally.containers > caps.jsonContainers) throw tooLarge('The JSON has too many parts.');
}

function mark(tally: Tally, at: number): void {
  tally.marks.push(at);
  if (tally.marks.length > caps.jsonStrings) throw tooLarge('The JSON has too many parts.');
}

function endOfString(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length && bytes[i] !== quote) i += bytes[i] === backslash ? 2 : 1;
  return i;
}
