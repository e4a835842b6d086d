import { type Found, hasEdges } from './edge.ts';

const shape = /(?<![\w])(?:\d{3}([ .-])\d{2}\1\d{4}|\d{5}-\d{4}|\d{3}-\d{6}|\d{9})(?![\w])/g;
const firstGroup = 3;
/** Printed on cards for show, or in every manual. */
const specimens = ['078051120', '123456789', '219099999'];
const never = /^(?:000|666|9|\d{3}00|\d{5}0000|(\d)\1*$)/;

/** Social security numbers of the United States: sure in their usual groups, otherwise only by what is said before. */
export function findSsns(text: string): Found[] {
  const found: Found[] = [];
  shape.lastIndex = 0;
  for (let match = shape.exec(text); match; match = shape.exec(text)) {
    const start = match.index;
    const end = start + match[0].length;
    if (hasEdges(text, start, end) && isNumber(match[0].replace(/[ .-]/g, '')))
      found.push({ start, end, score: match[1] === undefined ? 0.05 : 0.5 });
    else shape.lastIndex = start + firstGroup;
  }
  return found;
}

const isNumber = (digits: string) => !never.test(digits) && !specimens.includes(digits);
