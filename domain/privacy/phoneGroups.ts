import { isDigitAt } from './edge.ts';

const least = 8;
const most = 15;
const mostGroups = 8;

/**
 * Where the international number ends whose digits begin there: groups with one separator or a pair of brackets between
 * them, as many as can belong to it (E.164: 15 digits); undefined if it has too few.
 */
export function endOfInternational(text: string, start: number): number | undefined {
  let at = start;
  let digits = 0;
  let end: number | undefined;
  for (let group = 0; group < mostGroups; group++) {
    const next = groupAt(text, group === 0 ? at : afterSeparator(text, at));
    if (next === undefined || digits + next.digits > most) break;
    digits += next.digits;
    at = next.end;
    if (digits >= least) end = at;
  }
  return end;
}

const afterSeparator = (text: string, at: number) => (' .-'.includes(text[at] || '?') ? at + 1 : at);

/** Digits, or digits in brackets. */
function groupAt(text: string, start: number): { end: number; digits: number } | undefined {
  const isOpen = text[start] === '(';
  let at = isOpen ? start + 1 : start;
  const first = at;
  while (isDigitAt(text, at) && at - first <= most) at++;
  if (at === first || (isOpen && text[at] !== ')')) return undefined;
  return { end: isOpen ? at + 1 : at, digits: at - first };
}
