import { caps } from '../../caps.ts';
import { refuse, tooLarge } from '../../refusals.ts';
import { double, single } from './quotes.ts';

/** A text, or what stands below a key; lists are left out, for nothing here asks for one. */
export type Yaml = string | null | ReadonlyMap<string, Yaml>;

type Lines = { all: readonly string[]; at: number };

/**
 * The part of YAML 1.1 that MLflow writes: mappings in block style, texts plain or in quotes and folded over lines,
 * lists passed over. Everything else (anchors, tags, block scalars, flow style) is refused.
 */
export function parseYaml(bytes: Uint8Array): ReadonlyMap<string, Yaml> {
  if (bytes.length > caps.yamlBytes) throw tooLarge('The MLmodel file is too large.');
  const all = new TextDecoder().decode(bytes).split('\n', caps.yamlLines + 1);
  if (all.length > caps.yamlLines) throw tooLarge(`The MLmodel file has more than ${caps.yamlLines} lines.`);
  const lines = { all: all.map((line) => line.replace(/\r$/, '')), at: 0 };
  const top = mappingIn(lines, 0, 0);
  if (lines.at < lines.all.length) throw unreadable(lines);
  return top;
}

const unreadable = (lines: Lines) =>
  refuse(
    'malformed',
    'The MLmodel file is not written as MLflow writes it.',
    'Upload the directory as MLflow saved it.',
    `line ${lines.at + 1}`,
  );

const key = /^ *([^\s'"&*!|>%@`[\]{},?#:-][^:]*|'[^']*'):(?: +(.*))?$/;
const isEmpty = (line: string) => /^\s*(#.*)?$/.test(line);
const indentOf = (line: string) => line.length - line.trimStart().length;

/** The next line that says something; the empty ones before it are passed over. */
function peek(lines: Lines): string | undefined {
  while (lines.at < lines.all.length && isEmpty(lines.all[lines.at] as string)) lines.at++;
  return lines.all[lines.at];
}

function mappingIn(lines: Lines, indent: number, depth: number): ReadonlyMap<string, Yaml> {
  if (depth > caps.nesting) throw tooLarge(`The MLmodel file is nested deeper than ${caps.nesting}.`);
  const mapping = new Map<string, Yaml>();
  for (let line = peek(lines); line !== undefined && indentOf(line) === indent; line = peek(lines)) {
    const entry = key.exec(line);
    if (!entry) throw unreadable(lines);
    const name = (entry[1] as string).replace(/^'(.*)'$/, '$1');
    if (mapping.has(name)) throw unreadable(lines);
    mapping.set(name, valueIn(lines, (entry[2] ?? '').trimEnd(), indent, depth));
  }
  return mapping;
}

function valueIn(lines: Lines, rest: string, indent: number, depth: number): Yaml {
  if (rest.startsWith("'") || rest.startsWith('"')) return quotedIn(lines, rest);
  if (rest === '' || rest.startsWith('#')) {
    lines.at++;
    return belowIn(lines, indent, depth);
  }
  if (rest === '{}' || rest === '[]') {
    lines.at++;
    return null;
  }
  if (/^[&*!|>%@`[\]{},?]|^- |: |\s#/.test(rest)) throw unreadable(lines);
  const text = [rest, ...deeper(lines, indent).map((line) => line.trim())].join(' ');
  return text === 'null' || text === '~' ? null : text;
}

/** A list may stand as far left as its key; a mapping stands further right. */
function belowIn(lines: Lines, indent: number, depth: number): Yaml {
  const next = peek(lines);
  if (next === undefined) return null;
  const inner = indentOf(next);
  if (inner >= indent && /^ *-( |$)/.test(next)) {
    skipList(lines, inner);
    return null;
  }
  return inner > indent ? mappingIn(lines, inner, depth + 1) : null;
}

function skipList(lines: Lines, indent: number): void {
  for (let line = peek(lines); line !== undefined; line = peek(lines)) {
    const isItem = indentOf(line) === indent && /^ *-( |$)/.test(line);
    if (!isItem && indentOf(line) <= indent) return;
    lines.at++;
  }
}

/** The line itself is passed, and those after it that stand further right than its key. */
function deeper(lines: Lines, indent: number): string[] {
  const start = ++lines.at;
  for (let line = peek(lines); line !== undefined && indentOf(line) > indent; line = peek(lines)) lines.at++;
  return lines.all.slice(start, lines.at).filter((line) => !isEmpty(line));
}

/** A text in quotes, over as many lines as it takes until its own quote ends it. */
function quotedIn(lines: Lines, rest: string): string {
  const quote = rest.startsWith("'") ? single : double;
  const parts = [rest.slice(1)];
  while (!quote.ends.test(parts.at(-1) as string)) {
    const next = lines.all[++lines.at];
    if (next === undefined) throw unreadable(lines);
    parts.push(next.trim());
  }
  const text = quote.text(parts);
  if (text === undefined) throw unreadable(lines);
  lines.at++;
  return text;
}
