/** What a detector says of a text: where (UTF-16 units, the end excluded) and how sure it is (0 to 1). */
export interface Found {
  start: number;
  end: number;
  score: number;
}

const word = /^[\p{L}\p{N}_]/u;

/** Whether the character at, or the one that ends at, an index belongs to a word. */
export function isWordAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (Number.isNaN(unit)) return false;
  if (unit < 0x80) return isAsciiWord(unit);
  const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff;
  return word.test(text.slice(isSecondHalf ? index - 1 : index, index + 2));
}

/** Neither a letter nor a digit nor `_` is next to it. */
export const hasEdges = (text: string, start: number, end: number): boolean =>
  !isWordAt(text, start - 1) && !isWordAt(text, end);

export const isDigitAt = (text: string, index: number): boolean => isDigit(text.charCodeAt(index));

const isDigit = (unit: number) => unit >= 0x30 && unit <= 0x39;
const isAsciiWord = (unit: number) =>
  isDigit(unit) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit === 0x5f;
