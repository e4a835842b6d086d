import type { Found } from './edge.ts';

const longestLocal = 64;
const longestDomain = 253;
/** Letters, digits, the atom characters of RFC 5322, dots. */
const localUnits = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u;
/** What quotes an address or stands before it, although an address might begin with it. */
const opening = /^[^\p{L}\p{N}_.]+/u;
const domainUnits = /[\p{L}\p{N}.-]*/uy;
const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u;
const lastLabel = /^(?:\p{L}{2,}|xn--[a-z0-9-]*[a-z0-9])$/iu;

/** Addresses as in RFC 5322 without comments and quoted parts, of a domain with a dot. */
export function findEmails(text: string): Found[] {
  const found: Found[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const local = localBefore(text, at);
    if (local === '') continue;
    const end = domainEnd(text, at + 1);
    if (end === undefined) continue;
    const start = at - local.length;
    const last = found.at(-1);
    // The domain of one may be the local part of the next.
    if (last && start < last.end) last.end = end;
    else found.push({ start, end, score: 1 });
  }
  return found;
}

/** The local part that ends there; empty if there is none. */
function localBefore(text: string, at: number): string {
  const run = localUnits.exec(text.slice(Math.max(0, at - longestLocal - 1), at))?.[0] ?? '';
  const local = run.replace(opening, '');
  const isDotted = local.startsWith('.') || local.endsWith('.') || local.includes('..');
  return local.length > longestLocal || isDotted ? '' : local;
}

function domainEnd(text: string, start: number): number | undefined {
  domainUnits.lastIndex = 0;
  const run = domainUnits.exec(text.slice(start, start + longestDomain + 1))?.[0] ?? '';
  const labels = run.split('.');
  const bad = labels.findIndex((each) => !label.test(each));
  if (bad >= 0) labels.length = bad;
  while (labels.length > 0 && !lastLabel.test(labels.at(-1) ?? '')) labels.pop();
  return labels.length < 2 ? undefined : start + labels.join('.').length;
}
