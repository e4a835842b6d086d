import { caps } from '../../caps.ts';
import type { Forest } from '../../checks/forest.ts';
import { type RawTree, rawTree } from '../../checks/validate.ts';
import { nextUp } from '../../floats.ts';
import { nodeKind } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import { countIn } from '../fields.ts';
import type { TermStore } from './terms.ts';
import { type Block, numbersIn } from './text.ts';

/** Splits come first, then the leaves: a negative child −1−l is leaf l. */
export function readTree(block: Block, forest: Forest, terms: TermStore, at: string): RawTree {
  const leaves = countIn(block.get('num_leaves'), at);
  if (leaves === 0) throw malformed('A tree has no leaves.', at);
  if (leaves > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, at);
  const splits = leaves - 1;
  const values = numbersIn(block, 'leaf_value', leaves, at);
  const raw = rawTree(splits + leaves);
  raw.leaf.set(values, splits);
  if (splits === 0) raw.cover[0] = 1;
  else readSplits(block, raw, splits, forest, at);
  if ((block.get('is_linear') ?? '0') !== '0') terms.add(block, leaves, raw.table.subarray(splits), at);
  return raw;
}

function readSplits(block: Block, raw: RawTree, splits: number, forest: Forest, at: string): void {
  const feature = numbersIn(block, 'split_feature', splits, at);
  const threshold = numbersIn(block, 'threshold', splits, at, true);
  const decision = numbersIn(block, 'decision_type', splits, at);
  const left = numbersIn(block, 'left_child', splits, at);
  const right = numbersIn(block, 'right_child', splits, at);
  readCovers(block, raw, splits, at);
  const sets = categorySets(block, at);
  for (let node = 0; node < splits; node++) {
    const column = feature[node] as number;
    if (!(Number.isInteger(column) && column >= 0)) throw malformed('A split has no feature.', at);
    raw.feature[node] = column;
    raw.left[node] = childOf(left[node] as number, splits, at);
    raw.right[node] = childOf(right[node] as number, splits, at);
    const bits = decision[node] as number;
    if (!(Number.isInteger(bits) && bits >= 0 && bits < 16))
      throw malformed('A split has an unknown decision.', at);
    if ((bits & 1) === 1) {
      raw.kind[node] = nodeKind.category;
      raw.table[node] = forest.addTable(sets(threshold[node] as number));
    } else readNumeric(raw, node, threshold[node] as number, bits);
  }
}

const missingTypes = { none: 0, zero: 1, nan: 2 } as const;

/** `x <= t` goes left; where missing has no way of its own it is read as 0. */
function readNumeric(raw: RawTree, node: number, threshold: number, bits: number): void {
  const missing = (bits >> 2) & 3;
  const defaultRight = (bits & 2) === 0;
  const missingRight = missing === missingTypes.none ? threshold < 0 : defaultRight;
  raw.kind[node] = missing === missingTypes.zero ? nodeKind.zeroIsMissing : nodeKind.number;
  raw.threshold[node] = nextUp(threshold);
  raw.missingRight[node] = missingRight ? 1 : 0;
}

function childOf(child: number, splits: number, at: string): number {
  if (!Number.isInteger(child)) throw malformed('A child is no whole number.', at);
  return child < 0 ? splits + (-1 - child) : child < splits ? child : outside(at);
}

function outside(at: string): never {
  throw malformed('A node points outside its tree.', at);
}

/** Counts of training rows; a file without them can score but not explain. */
function readCovers(block: Block, raw: RawTree, splits: number, at: string): void {
  if (!block.get('internal_count') || !block.get('leaf_count')) return;
  raw.cover.set(numbersIn(block, 'internal_count', splits, at));
  raw.cover.set(numbersIn(block, 'leaf_count', splits + 1, at), splits);
}

/** A set bit goes left; every other code, in range or not, and missing go right. */
function categorySets(block: Block, at: string): (index: number) => Uint8Array {
  const count = countIn(block.get('num_cat') ?? 0, at);
  const bounds = count > 0 ? numbersIn(block, 'cat_boundaries', count + 1, at) : new Float64Array(0);
  const words = bounds.at(-1) ?? 0;
  if (!(Number.isInteger(words) && words >= 0))
    throw malformed('The categories of a tree are cut wrongly.', at);
  const bits = words > 0 ? numbersIn(block, 'cat_threshold', words, at) : new Float64Array(0);
  return (index) => {
    const start = bounds[index] ?? Number.NaN;
    const end = bounds[index + 1] ?? Number.NaN;
    if (!(Number.isInteger(start) && start >= 0 && start <= end && end <= words))
      throw malformed('The categories of a split are cut wrongly.', at);
    if ((end - start) * 32 > caps.category) throw tooLarge('A category has too large a code.', at);
    return tableOf(bits.subarray(start, end));
  };
}

function tableOf(words: Float64Array): Uint8Array {
  const table = new Uint8Array(words.length * 32 + 2).fill(1);
  for (let code = 0; code < words.length * 32; code++)
    if ((((words[code >>> 5] as number) >>> (code & 31)) & 1) === 1) table[code] = 0;
  return table;
}
