/** Where a text stops being JSON, and why, in the words of Python's reader: published clients know those. */
export interface JsonFault {
  /** In code points from the start. */
  position: number;
  error: string;
}

interface Broken {
  at: number;
  error: string;
}
const broken = (at: number, error: string): Broken => ({ at, error });

const value = 'Expecting value';
const name = 'Expecting property name enclosed in double quotes';
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const plain = /[\x20-\x21\x23-\x5b\x5d-\uffff]*/y;
const space = /[ \t\n\r]*/y;

/** Read a text of bounded depth that JSON.parse refused, up to the place where it breaks. */
export function jsonFault(text: string): JsonFault {
  try {
    const end = skip(text, scan(text, skip(text, 0)));
    throw broken(end, end < text.length ? 'Extra data' : value);
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    const { at, error } = thrown as Broken;
    return { position: [...text.slice(0, at)].length, error };
  }
}

/** Past what the pattern matches at this place, which may be nothing. */
function past(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}
const skip = (text: string, at: number) => past(space, text, at);

/** Past one value. */
function scan(text: string, at: number): number {
  const first = text[at];
  if (first === '"') return scanString(text, at);
  if (first === '{') return scanObject(text, at + 1);
  if (first === '[') return scanArray(text, at + 1);
  for (const word of ['null', 'true', 'false']) if (text.startsWith(word, at)) return at + word.length;
  const end = past(number, text, at);
  if (end === at) throw broken(at, value);
  return end;
}

function scanObject(text: string, start: number): number {
  let at = skip(text, start);
  if (text[at] === '}') return at + 1;
  for (;;) {
    if (text[at] !== '"') throw broken(at, name);
    at = skip(text, scanString(text, at));
    if (text[at] !== ':') throw broken(at, "Expecting ':' delimiter");
    at = skip(text, scan(text, skip(text, at + 1)));
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') throw broken(at, "Expecting ',' delimiter");
    at = skip(text, at + 1);
  }
}

function scanArray(text: string, start: number): number {
  let at = skip(text, start);
  if (text[at] === ']') return at + 1;
  for (;;) {
    at = skip(text, scan(text, at));
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') throw broken(at, "Expecting ',' delimiter");
    at = skip(text, at + 1);
  }
}

function scanString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    at = past(plain, text, at);
    const stop = text[at];
    if (stop === '"') return at + 1;
    if (stop === undefined) throw broken(start, 'Unterminated string starting at');
    if (stop !== '\\') throw broken(at, 'Invalid control character at');
    at += escapeLength(text, start, at);
  }
}

function escapeLength(text: string, start: number, at: number): number {
  const letter = text[at + 1];
  if (letter === undefined) throw broken(start, 'Unterminated string starting at');
  if ('"\\/bfnrt'.includes(letter)) return 2;
  if (letter !== 'u') throw broken(at, 'Invalid \\escape');
  if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) throw broken(at + 1, 'Invalid \\uXXXX escape');
  return 6;
}
