import { caps } from '../caps.ts';
import { malformed, tooLarge } from '../refusals.ts';

/** An H2O model.ini: keys and values, column names in order, and where each column's levels are. */
export type Ini = {
  info: Map<string, string>;
  columns: string[];
  domains: Map<number, { count: number; file: string }>;
};

/** Reads the three sections of a model.ini, `[info]`, `[columns]` and `[domains]`; a key may stand once. */
export function parseIni(bytes: Uint8Array, at: string): Ini {
  if (bytes.length > caps.iniBytes) throw tooLarge('The description of the model is too large.', at);
  const ini: Ini = { info: new Map(), columns: [], domains: new Map() };
  const start: Add = () => {
    throw malformed('A line stands before the first section.', at);
  };
  let add = start;
  let lines = 0;
  for (const raw of linesOf(utf8Of(bytes, at))) {
    if (++lines > caps.iniLines) throw tooLarge('The description of the model is too large.', at);
    const line = raw.trim();
    const section = sections.get(line);
    if (section) add = section;
    else if (line !== '' && !line.startsWith('#')) add(ini, line, at);
  }
  return ini;
}

type Add = (ini: Ini, line: string, at: string) => void;

const sections = new Map<string, Add>([
  ['[info]', addPair],
  ['[columns]', addColumn],
  ['[domains]', addDomain],
]);

function addColumn({ columns }: Ini, line: string, at: string): void {
  if (columns.length >= caps.features)
    throw tooLarge(`The model has more than ${caps.features} columns.`, at);
  columns.push(line);
}

export function utf8Of(bytes: Uint8Array, at: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('A text is not in UTF-8.', at);
  }
}

/** Lines without their ends; a last line end begins no further line. */
export function* linesOf(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    yield text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end);
    from = end + 1;
  }
}

/** A value may hold `=` itself. */
function addPair({ info }: Ini, line: string, at: string): void {
  const cut = line.indexOf('=');
  if (cut < 0) throw malformed('A line has no value.', at);
  const key = line.slice(0, cut).trim();
  if (info.has(key)) throw malformed('A key stands twice.', at);
  if (info.size >= caps.iniKeys) throw tooLarge('The description of the model has too many keys.', at);
  info.set(key, line.slice(cut + 1).trim());
}

/** `3: 12 d001.txt`: the fourth column has 12 levels, which are in that file. */
function addDomain({ domains }: Ini, line: string, at: string): void {
  const [, column, count, file] = /^(\d{1,9}):\s*(\d{1,9}) (\S{1,200})$/.exec(line) ?? [];
  if (file === undefined || domains.has(Number(column)))
    throw malformed('The levels of a column are told wrongly.', at);
  if (domains.size >= caps.features) throw tooLarge(`The model has more than ${caps.features} columns.`);
  domains.set(Number(column), { count: Number(count), file });
}
