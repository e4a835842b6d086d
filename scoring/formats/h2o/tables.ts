import type { Forest } from '../../checks/forest.ts';
import type { Feature } from '../../ir.ts';
import { malformed } from '../../refusals.ts';
import type { Split, Test } from './splits.ts';

/** The number of the category table that decides at a node, or −1 where a threshold does. */
export type TableOf = (split: Split, at: string) => number;

/** Before version 1.10 a code outside of a bit set went left, since then it goes where missing values go. */
export type Outside = 'left' | 'missing';

/**
 * Every split of a column with levels becomes a table. Nodes whose splits are written alike share one, which is
 * known before it is made: a hostile file cannot have the same large table made again and again.
 */
export function tableMaker(features: readonly Feature[], outside: Outside, forest: Forest): TableOf {
  const made = new Map<string, number>();
  return ({ column, test, leftward }, at) => {
    const levels = features[column]?.levels?.length;
    if (levels === undefined) {
      if (test.kind === 'levels') throw malformed('A column without levels is split by levels.', at);
      return -1;
    }
    const missing = leftward ? 0 : 1;
    const key = `${levels} ${missing} ${written(test)}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const table = forest.addTable(tableOf(test, levels, missing, outside === 'left' ? 0 : missing));
    made.set(key, table);
    return table;
  };
}

const letters = new TextDecoder('latin1');

function written(test: Test): string {
  if (test.kind === 'number') return `>= ${Math.ceil(test.threshold)}`;
  return test.kind === 'missing' ? 'missing' : `${test.offset} ${test.count} ${letters.decode(test.bits)}`;
}

/** One byte per level, 1 goes right; then the byte for codes that are no level, then the one for missing. */
function tableOf(test: Test, levels: number, missing: number, outside: number): Uint8Array {
  const table = new Uint8Array(levels + 2);
  for (let code = 0; code < levels; code++) table[code] = sideOf(test, code, outside);
  return table.fill(missing, levels);
}

function sideOf(test: Test, code: number, outside: number): number {
  if (test.kind === 'missing') return 0;
  if (test.kind === 'number') return code >= test.threshold ? 1 : 0;
  const bit = code - test.offset;
  if (bit < 0 || bit >= test.count) return outside;
  return ((test.bits[bit >> 3] as number) >> (bit & 7)) & 1;
}
