import { type Found, isWordAt } from './edge.ts';
import { topLevels } from './topLevels.ts';

const scheme = /https?:\/\/(?:[^\s/?#@"'<>]{0,255}@)?/gi;
const hostUnits = /[\p{L}\p{N}_.-]{1,254}/uy;
/** A run of labels that nothing before makes a part of something else. */
const bareHost = /(?<![\p{L}\p{N}_@./:-])[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const rest = /(?::\d{1,5})?(?:[/?#][^\s"'`<>]*)?/y;
const punctuation = '.,;:!?)]}*…';

/** Addresses of web pages: with a scheme, or a domain that ends as domains commonly do. */
export function findUrls(text: string): Found[] {
  const whole = findWhole(text);
  return [...whole, ...findBare(text, whole)].sort((a, b) => a.start - b.start);
}

function findWhole(text: string): Found[] {
  const found: Found[] = [];
  for (const { index, 0: beginning } of text.matchAll(scheme)) {
    if (index < (found.at(-1)?.end ?? 0)) continue;
    const end = endOfHost(text, index + beginning.length);
    if (end !== undefined) found.push({ start: index, end: endAfter(text, end), score: 0.6 });
  }
  return found;
}

function findBare(text: string, whole: readonly Found[]): Found[] {
  const found: Found[] = [];
  for (const { index, 0: host } of text.matchAll(bareHost)) {
    if (!isCommon(host) || whole.some(({ start, end }) => start <= index && index < end)) continue;
    const end = endAfter(text, index + host.length);
    if (!isWordAt(text, end) && text[end] !== '@') found.push({ start: index, end, score: 0.3 });
  }
  return found;
}

function endOfHost(text: string, start: number): number | undefined {
  hostUnits.lastIndex = start;
  const host = withoutPunctuation(hostUnits.exec(text)?.[0] ?? '');
  const labels = host.split('.');
  const isHost = labels.length > 1 && labels.every((label) => label !== '');
  return isHost && /^\p{L}./u.test(labels.at(-1) ?? '') ? start + host.length : undefined;
}

const isCommon = (host: string) => topLevels.has(host.slice(host.lastIndexOf('.') + 1).toLowerCase());

/** Where port and path end. */
function endAfter(text: string, host: number): number {
  rest.lastIndex = host;
  return host + withoutPunctuation(rest.exec(text)?.[0] ?? '').length;
}

/** What ends a sentence is not of the address. */
function withoutPunctuation(text: string): string {
  let end = text.length;
  while (end > 0 && punctuation.includes(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}
