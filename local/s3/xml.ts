import { refusal } from './refusal.ts';

/** A value inside XML; what XML cannot hold plainly goes as a character reference, as S3 sends it. */
const escapeXml = (text: string) =>
  text.replace(/[&<>"\p{Cc}]/gu, (character) => {
    const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
    return named[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });

export type Content = string | number | boolean | undefined | Content[] | { [name: string]: Content };

/** An element with its content: an array repeats it, an undefined one is left out. */
function element(name: string, content: Content): string {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((item) => element(name, item)).join('');
  const inside =
    typeof content === 'object'
      ? Object.entries(content)
          .map(([child, value]) => element(child, value))
          .join('')
      : escapeXml(String(content));
  return `<${name}>${inside}</${name}>`;
}

export const xmlDocument = (name: string, content: Content) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, content)}`;

/** The contents of every element of a name, in order; one pass, so that no input is slow. */
export function contents(xml: string, name: string): string[] {
  const open = new RegExp(`<${name}(?:\\s[^<>]*)?>`, 'g');
  const found: string[] = [];
  for (let hit = open.exec(xml); hit; hit = open.exec(xml)) {
    const end = xml.indexOf(`</${name}>`, open.lastIndex);
    if (end < 0) throw malformed();
    found.push(xml.slice(open.lastIndex, end));
    open.lastIndex = end;
  }
  return found;
}

export const textOf = (xml: string, name: string): string | undefined => {
  const [first] = contents(xml, name);
  return first === undefined ? undefined : unescapeXml(first);
};

export const malformed = () =>
  refusal(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate');

const references: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(\w{1,8}));/g, (_, hex, decimal, named) => {
    if (named !== undefined) {
      const character = references[named];
      if (character === undefined) throw malformed();
      return character;
    }
    const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    if (code > 0x10ffff) throw malformed();
    return String.fromCodePoint(code);
  });
}
