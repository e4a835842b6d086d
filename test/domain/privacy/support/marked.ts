/** A text in which `«` and `»` stand around what is to be found, as text and ranges. */
export function marked(text: string): { text: string; ranges: [start: number, end: number][] } {
  const ranges: [number, number][] = [];
  let plain = '';
  for (const [i, part] of text.split(/[«»]/).entries()) {
    if (i % 2 === 1) ranges.push([plain.length, plain.length + part.length]);
    plain += part;
  }
  return { text: plain, ranges };
}

export const rangesOf = (found: readonly { start: number; end: number }[]) =>
  found.map(({ start, end }): [number, number] => [start, end]);
