import { isWordAt } from './edge.ts';
import type { DetectedType } from './types.ts';

const lift = 0.35;
const least = 0.4;
const reach = 40;
/** Types that are certain without it need no words. */
const words: Partial<Record<DetectedType, ReadonlySet<string>>> = {
  ssn: setOf('ssn ssns social socialsecurity tin itin'),
  ip_address: setOf('ip ips ipv4 ipv6 ipaddress ipaddr'),
  mac_address: setOf('mac macs macaddress ethernet bssid'),
  phone_number: setOf(
    'phone phones phonenumber telephone telephonenumber tel telefon telefono téléphone mobile mobil cell cellphone cellular fax whatsapp msisdn',
  ),
  url: setOf('url urls uri link href website websites homepage'),
};
/** How the names of columns end that hold measures and counts, whatever of. */
const measures = setOf('count num total avg sum rate ratio pct score len flag');
/** What an earlier detection was replaced by, whole or as far as it reaches into the text. */
const replaced = /(?:^|\[)[A-Z_]*\]|(?:^|<)[a-z_]*:[0-9a-f]{16}>/g;

/** A score (0 to 1) as what surrounds the detection makes it: the name of the column, or the words before. */
export function inContext(
  score: number,
  type: DetectedType,
  where: { text: string; start: number; column?: string | undefined },
): number {
  const known = words[type];
  if (!known) return score;
  const isNamed = [...columnWords(where.column ?? ''), ...wordsBefore(where)].some((word) => known.has(word));
  return isNamed ? Math.max(least, Math.min(1, score + lift)) : score;
}

function columnWords(name: string): string[] {
  const found = wordsOf(name);
  return measures.has(found.at(-1) ?? '') ? [] : found;
}

function wordsBefore({ text, start }: { text: string; start: number }): string[] {
  const from = Math.max(0, start - reach);
  const found = wordsOf(text.slice(from, start).replace(replaced, ' '));
  // The first may be the rest of another word.
  const isCut = isWordAt(text, from - 1) && isWordAt(text, from);
  return isCut ? found.slice(1) : found;
}

const wordsOf = (text: string): string[] =>
  text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/\p{L}+[46]?/gu) ?? [];

function setOf(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
