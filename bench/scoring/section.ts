/** A page of several sections, one of which somebody else writes: it is replaced and the others stay as they are. */
export function withSection(page: string, heading: string, body: string): string {
  const [before, after] = around(page, heading);
  return `${[before.trimEnd(), `## ${heading}\n${body.trim()}`, after.trim()].filter(Boolean).join('\n\n')}\n`;
}

/** The text under a heading of the second level, empty where there is none. */
export function sectionOf(page: string, heading: string): string {
  const [before, after] = around(page, heading);
  const section = page.slice(before.length, page.length - after.length);
  return section.replace(/^## .*\n?/, '').trim();
}

/** What stands before the heading and from the next one on. */
function around(page: string, heading: string): [before: string, after: string] {
  const lines = page.split('\n');
  const start = lines.indexOf(`## ${heading}`);
  if (start < 0) return [page, ''];
  const next = lines.findIndex((line, i) => i > start && line.startsWith('## '));
  const lengthOf = (count: number) => lines.slice(0, count).join('\n').length + (count > 0 ? 1 : 0);
  return [page.slice(0, lengthOf(start)), next < 0 ? '' : page.slice(lengthOf(next))];
}
