import { type Found, isWordAt } from './edge.ts';

/** Of the registry: how many characters the numbers of each country have. */
const countries: readonly [length: number, codes: string][] = [
  [15, 'NO'],
  [16, 'BE'],
  [18, 'DK FI FO GL NL'],
  [19, 'MK SI'],
  [20, 'AT BA EE KZ LT LU XK'],
  [21, 'CH HR LI LV'],
  [22, 'BG BH CR DE GB GE IE ME RS VA'],
  [23, 'AE GI IL IQ TL'],
  [24, 'AD CZ ES MD PK RO SA SE SK TN VG'],
  [25, 'LY PT'],
  [26, 'IS TR'],
  [27, 'FR GR IT MC MR SM'],
  [28, 'AL AZ BY CY DO GT HU LB PL'],
  [29, 'BR EG PS QA UA'],
  [30, 'JO KW MU'],
  [31, 'MT SC'],
  [32, 'LC'],
];
const lengths = new Map(
  countries.flatMap(([length, codes]) => codes.split(' ').map((code) => [code, length])),
);
const beginning = /(?<![\w])[A-Z]{2}\d{2}/g;
/** Country and check digits. */
const head = 4;

/** International bank account numbers, together or in groups, with the right check digits. */
export function findIbans(text: string): Found[] {
  const found: Found[] = [];
  beginning.lastIndex = 0;
  for (let match = beginning.exec(text); match; match = beginning.exec(text)) {
    const end = endAt(text, match.index);
    if (end === undefined) continue;
    found.push({ start: match.index, end, score: 1 });
    beginning.lastIndex = end;
  }
  return found;
}

/** Where the number that begins there ends: at its country's length, whatever follows in capitals. */
function endAt(text: string, start: number): number | undefined {
  const length = lengths.get(text.slice(start, start + 2));
  if (length === undefined) return undefined;
  let at = start;
  let number = '';
  while (number.length < length) {
    if (number !== '' && (text[at] === ' ' || text[at] === '-')) at++;
    const unit = text.charCodeAt(at++);
    if (!isBasic(unit)) return undefined;
    number += String.fromCharCode(unit);
  }
  return isWordAt(text, start - 1) || isWordAt(text, at) || !isChecked(number) ? undefined : at;
}

/** A digit or a capital. */
const isBasic = (unit: number) => (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a);

/** ISO 13616: the check digits are 98 less the remainder by 97 of the rest, its letters counted from A = 10. */
function isChecked(number: string): boolean {
  let remainder = 0;
  for (const character of `${number.slice(head)}${number.slice(0, 2)}00`) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return Number(number.slice(2, head)) === 98 - remainder;
}
