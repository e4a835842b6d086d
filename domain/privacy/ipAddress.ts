const octet = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const hextet = /^[\da-f]{1,4}$/i;

/** Four numbers, or undefined for what is no address. */
export function parseV4(text: string): number[] | undefined {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => octet.test(part)) ? parts.map(Number) : undefined;
}

/** Eight groups of sixteen bits (RFC 4291, section 2.2), or undefined for what is no address. */
export function parseV6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const before = groupsOf(head, tail === undefined);
  const behind = groupsOf(tail ?? '', true);
  if (!before || !behind) return undefined;
  const missing = 8 - before.length - behind.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array<number>(missing).fill(0), ...behind];
}

/** The groups between colons; the last two may be written as an address of the other family. */
function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const v4 = isLast ? parseV4(parts.at(-1) ?? '') : undefined;
  const plain = v4 ? parts.slice(0, -1) : parts;
  if (!plain.every((part) => hextet.test(part))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = v4 ?? [];
  return [...plain.map((part) => Number.parseInt(part, 16)), ...(v4 ? [a * 256 + b, c * 256 + d] : [])];
}

/** An address, and the length of the prefix that is written behind it. */
export type Address = { v4?: number[]; v6?: number[]; prefix?: number };

/** An address as it is found in text; a zone says nothing about whose it is, and a mapped address is what it maps. */
export function readAddress(text: string): Address | undefined {
  const match = /^([\da-f:.]+)(?:%[\w.-]+)?(?:\/(\d{1,3}))?$/i.exec(text.trim());
  if (!match?.[1]) return undefined;
  const prefix = match[2] === undefined ? undefined : Number(match[2]);
  const v4 = parseV4(match[1]);
  if (v4) return { v4, prefix };
  const v6 = parseV6(match[1]);
  if (!v6) return undefined;
  const isMapped = v6.slice(0, 5).every((group) => group === 0) && v6[5] === 0xffff;
  if (!isMapped || prefix !== undefined) return { v6, prefix };
  return { v4: v6.slice(6).flatMap((group) => [group >> 8, group & 255]) };
}

/** The one spelling of an address (RFC 5952 for the long ones), with its prefix. */
export function spellAddress({ v4, v6, prefix }: Address): string {
  return (v4 ? v4.join('.') : spellV6(v6 ?? [])) + (prefix === undefined ? '' : `/${prefix}`);
}

function spellV6(groups: number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':');
  const runs = text.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, each) => (each.length > best.length ? each : best), '');
  if (longest === '') return text;
  const at = runAt(text, longest);
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

const runAt = (text: string, zeros: string) => text.search(new RegExp(`\\b${zeros}\\b`));
