import { type Found, hasEdges, isDigitAt } from './edge.ts';

const shape = /(?<![\w])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})(?![\w])/g;
const group = 4;
/** Issuers: the first digits, and how many there are of the digits in all. */
const issuers: readonly [prefix: RegExp, lengths: readonly number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 15, 16, 17, 18, 19]],
  [/^(?:352[89]|35[3-8]|6011|622|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^(?:50|5[6-9]|6)/, [13, 14, 15, 16, 17, 18, 19]],
  [/^1/, [15]],
];

/** Numbers of payment cards, which Luhn's sum and a known issuer set apart from other long numbers. */
export function findCreditCards(text: string): Found[] {
  const found: Found[] = [];
  shape.lastIndex = 0;
  for (let match = shape.exec(text); match; match = shape.exec(text)) {
    const start = match.index;
    const end = start + match[0].length;
    const digits = match[0].replace(/[ -]/g, '');
    if (isApart(text, start, end) && isCard(digits)) found.push({ start, end, score: 1 });
    // The first group may be of something else.
    else if (digits.length < match[0].length) shape.lastIndex = start + group;
  }
  return found;
}

const isApart = (text: string, start: number, end: number) =>
  hasEdges(text, start, end) &&
  !(isPoint(text[start - 1]) && isDigitAt(text, start - 2)) &&
  !(isPoint(text[end]) && isDigitAt(text, end + 1));

const isPoint = (character: string | undefined) => character === '.' || character === ',';

const isCard = (digits: string): boolean =>
  issuers.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits)) &&
  !/^(\d)\1*$/.test(digits) &&
  hasLuhnSum(digits);

function hasLuhnSum(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
