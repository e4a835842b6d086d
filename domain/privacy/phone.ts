import { type Found, hasEdges, isDigitAt } from './edge.ts';
import { endOfInternational } from './phoneGroups.ts';

const plus = /(?<![\w.+-])\+(?=\(?\d)/g;
const american = /(?<![\w.+-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?![\w])/g;
const national = /(?<![\w.+-])0\d{1,4}(?:[-/ ]\d{2,8}(?![\w])){1,5}/g;
const bare = /(?<![\w.+-])(?:[2-9]\d\d[2-9]\d{6}|1[3-9]\d{9})(?![\w])/g;

/** Telephone numbers by how they are written; one without any form only by what is said before. */
export function findPhones(text: string): Found[] {
  const found: Found[] = [];
  const add = (start: number, end: number | undefined, score: number): void => {
    if (end === undefined || !isApart(text, start, end)) return;
    if (!found.some((each) => each.start < end && start < each.end)) found.push({ start, end, score });
  };
  if (text.includes('+'))
    for (const { index } of text.matchAll(plus)) add(index, endOfInternational(text, index + 1), 0.4);
  for (const { index, 0: number } of text.matchAll(american)) add(index, index + number.length, 0.4);
  for (const { start, end } of nationals(text)) add(start, end, 0.3);
  for (const { index, 0: number } of text.matchAll(bare)) add(index, index + number.length, 0.05);
  return found.sort((a, b) => a.start - b.start);
}

function nationals(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  national.lastIndex = 0;
  for (let match = national.exec(text); match; match = national.exec(text)) {
    const number = longestOf(match[0]);
    const end = match.index + (number?.length ?? 1);
    if (number !== undefined) found.push({ start: match.index, end });
    national.lastIndex = end;
  }
  return found;
}

/** The longest that can be a number: the groups behind it may be of another one. */
function longestOf(groups: string): string | undefined {
  let number = groups;
  while (digitsIn(number) > 11) number = number.replace(/[-/ ]\d+$/, '');
  return digitsIn(number) < 9 ? undefined : number;
}

const digitsIn = (text: string) => text.replace(/\D/g, '').length;

const isApart = (text: string, start: number, end: number) =>
  hasEdges(text, start, end) && !((text[end] === '.' || text[end] === '-') && isDigitAt(text, end + 1));
