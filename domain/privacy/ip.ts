import { type Found, hasEdges, isDigitAt, isWordAt } from './edge.ts';
import { parseV6 } from './ipAddress.ts';

const number = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const v4 = new RegExp(`(?<![\\w])${number}(?:\\.${number}){3}(?:/(?:3[0-2]|[12]?\\d))?(?![\\w])`, 'g');
const run = /[\da-f:.]+/gi;
const zone = /%\w+(?:[.-]\w+)*/y;
const prefixLength = /\/(?:12[0-8]|1[01]\d|[1-9]?\d)(?![\w])/y;

/** Addresses of both families, with the length of a prefix and the zone that belong to them. */
export function findIps(text: string): Found[] {
  const long = findV6(text);
  const short = findV4(text).filter(
    ({ start, end }) => !long.some((each) => each.start < end && start < each.end),
  );
  return [...long, ...short].sort((a, b) => a.start - b.start);
}

function findV4(text: string): Found[] {
  const found: Found[] = [];
  v4.lastIndex = 0;
  for (let match = v4.exec(text); match; match = v4.exec(text)) {
    const start = match.index;
    const end = start + match[0].length;
    const isTail = text[start - 1] === '.' && isDigitAt(text, start - 2);
    if (!isTail && hasEdges(text, start, end)) found.push({ start, end, score: 0.6 });
  }
  return found;
}

function findV6(text: string): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(run)) {
    const address = withoutPeriod(match[0]);
    const start = match.index;
    if (isWordAt(text, start - 1) || !isV6(address)) continue;
    const end = after(text, start + address.length);
    if (isWordAt(text, end) || text[end] === ':') continue;
    found.push({ start, end, score: address === '::' ? 0.1 : 0.6 });
  }
  return found;
}

const longestV6 = 45;
const isV6 = (run: string) => run.length <= longestV6 && run.includes(':') && parseV6(run) !== undefined;

/** An address may end a sentence. */
function withoutPeriod(text: string): string {
  let end = text.length;
  while (text[end - 1] === '.') end--;
  return text.slice(0, end);
}

/** Where zone and prefix end that may follow an address. */
function after(text: string, address: number): number {
  zone.lastIndex = address;
  const zoned = address + (zone.exec(text)?.[0].length ?? 0);
  prefixLength.lastIndex = zoned;
  return zoned + (prefixLength.exec(text)?.[0].length ?? 0);
}
