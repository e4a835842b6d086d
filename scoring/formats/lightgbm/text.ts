import { caps } from '../../caps.ts';
import { malformed, tooLarge } from '../../refusals.ts';

/** One block of `key=value` lines. */
export type Block = ReadonlyMap<string, string>;

export type ModelText = { header: Block; trees: Iterable<Block>; tail: () => Tail };
/** What follows the trees: the training parameters, and the level names pandas knew. */
export type Tail = { ended: boolean; categorical: string | undefined; pandas: string | undefined };

/** Reads the text block by block, so that no hostile file is ever split into a hundred million lines. */
export function modelText(text: string): ModelText {
  const lines = lineReader(text);
  const tail: Tail = { ended: false, categorical: undefined, pandas: undefined };
  const header = readBlock(lines, caps.headerLines, 'header');

  function* trees(): Generator<Block> {
    while (lines.peek()?.startsWith('Tree=')) {
      lines.next();
      yield readBlock(lines, caps.treeLines, 'a tree');
    }
    readTail(lines, tail);
  }
  return { header, trees: trees(), tail: () => tail };
}

type Lines = { peek: () => string | undefined; next: () => string | undefined };

function lineReader(text: string): Lines {
  let at = 0;
  const end = () => {
    const found = text.indexOf('\n', at);
    return found < 0 ? text.length : found;
  };
  const read = () => {
    const line = text.slice(at, end());
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  return {
    peek: () => (at < text.length ? read() : undefined),
    next() {
      if (at >= text.length) return undefined;
      const line = read();
      at = end() + 1;
      return line;
    },
  };
}

const endsBlock = (line: string) =>
  line.startsWith('Tree=') || line === 'end of trees' || /^feature[ _]importances:$/.test(line);

function readBlock(lines: Lines, cap: number, what: string): Block {
  const block = new Map<string, string>();
  let count = 0;
  for (let line = lines.peek(); line !== undefined && !endsBlock(line); line = lines.peek()) {
    lines.next();
    if (++count > cap) throw tooLarge(`There are more than ${cap} lines in ${what}.`);
    if (line === '') continue;
    const cut = line.indexOf('=');
    block.set(cut < 0 ? line : line.slice(0, cut), cut < 0 ? '' : line.slice(cut + 1));
  }
  return block;
}

function readTail(lines: Lines, tail: Tail): void {
  let count = 0;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (++count > caps.tailLines)
      throw tooLarge(`There are more than ${caps.tailLines} lines after the trees.`);
    if (line === 'end of trees') tail.ended = true;
    else if (line.startsWith('[categorical_feature: ')) tail.categorical = line.slice(22, -1);
    else if (line.startsWith('pandas_categorical:')) tail.pandas = line.slice(19);
  }
}

const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const infinite: ReadonlyMap<string, number> = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
]);

/** Exactly `count` numbers of a line; the words inf and -inf only where they may stand. */
export function numbersIn(block: Block, key: string, count: number, at: string, words = false): Float64Array {
  const line = block.get(key)?.trim() ?? '';
  // Each number takes a digit and a space, so a count the line cannot hold allocates nothing.
  if (count > (line.length + 1) / 2) throw malformed(`The list ${key} is too short.`, at);
  const values = new Float64Array(count);
  let from = 0;
  for (let i = 0; i < count; i++) {
    const space = line.indexOf(' ', from);
    const end = space < 0 ? line.length : space;
    const value = numberOf(line.slice(from, end), words);
    if (Number.isNaN(value)) throw malformed(`The list ${key} holds something that is no number.`, at);
    values[i] = value;
    from = end + 1;
  }
  if (from <= line.length && count > 0) throw malformed(`The list ${key} is too long.`, at);
  return values;
}

function numberOf(word: string, words: boolean): number {
  if (number.test(word)) return Number(word);
  return (words ? infinite.get(word) : undefined) ?? Number.NaN;
}
