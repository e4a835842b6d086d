import { limits } from './grammar.ts';
import { filterFault } from './issue.ts';

/** A quoted piece, a piece that is refused, or any other character. */
const pieces = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--|\/\*|[\s\S]/gu;

const refused: Record<string, string> = {
  '--': 'comments are not allowed',
  '/*': 'comments are not allowed',
  ';': 'a filter is one expression',
  $: 'parameters are not allowed',
};

/** Refuses by the text alone what no filter needs, before the engine's parser sees it. */
export function checkText(text: string): void {
  if (text.trim() === '') throw filterFault('the filter is empty');
  if (Buffer.byteLength(text) > limits.bytes)
    throw filterFault(`the filter is longer than ${limits.bytes} bytes`);
  if (!text.isWellFormed()) throw filterFault('the filter is not valid Unicode');
  let position = 1;
  for (const [piece] of text.matchAll(pieces)) {
    const why = piece.includes('\0') ? 'the filter holds a NUL' : refusal(piece);
    if (why) throw filterFault(why, position);
    position += [...piece].length;
  }
}

function refusal(piece: string): string | undefined {
  if (piece.startsWith("'") || piece.startsWith('"')) return undefined;
  if (/[^\t\n\r -~]/u.test(piece)) return 'a character outside of ASCII has to be inside of quotes';
  return refused[piece];
}
