import { type Found, hasEdges } from './edge.ts';

const shape =
  /(?<![\w])(?:[\da-f]{2}([:-])[\da-f]{2}(?:\1[\da-f]{2}){4}|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})(?![\w])/gi;
/** Nobody's address, and everybody's. */
const never = /^(?:0+|f+)$/i;

/** Hardware addresses of 48 bits in their three spellings. */
export function findMacs(text: string): Found[] {
  const found: Found[] = [];
  shape.lastIndex = 0;
  for (let match = shape.exec(text); match; match = shape.exec(text)) {
    const start = match.index;
    const end = start + match[0].length;
    if (hasEdges(text, start, end) && !never.test(match[0].replace(/[:.-]/g, '')))
      found.push({ start, end, score: 0.6 });
  }
  return found;
}
