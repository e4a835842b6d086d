import { caps } from '../../caps.ts';
import type { Forest } from '../../checks/forest.ts';
import { type RawTree, rawTree } from '../../checks/validate.ts';
import { nodeKind } from '../../ir.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { countIn, field, lengthOf, listOf, numbersOf } from '../fields.ts';

/**
 * One tree of the model file; its numbers are shortest decimals of single-precision ones, so they are rounded
 * back.
 */
export function readTree(tree: unknown, weight: number, forest: Forest, at: string): RawTree {
  refuseVectorLeaves(field(field(tree, 'tree_param'), 'size_leaf_vector'));
  const left = field(tree, 'left_children');
  const size = lengthOf(left, at);
  if (size === 0) throw malformed('A tree has no nodes.', at);
  if (size > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, at);
  const types = field(tree, 'split_type');
  const columns: Columns = {
    left: numbersOf(left, size, at),
    right: numbersOf(field(tree, 'right_children'), size, at),
    feature: numbersOf(field(tree, 'split_indices'), size, at),
    value: conditionsOf(field(tree, 'split_conditions'), size, at),
    defaultLeft: numbersOf(field(tree, 'default_left'), size, at),
    category: types === undefined ? new Float64Array(size) : numbersOf(types, size, at),
  };
  const raw = rawTree(size);
  raw.cover.set(coversOf(field(tree, 'sum_hessian'), size, at));
  const tables = tablesOf(tree, size, forest, at);
  for (let node = 0; node < size; node++) {
    if (columns.left[node] === -1) raw.leaf[node] = Math.fround(weight * (columns.value[node] as number));
    else readSplit(columns, node, raw, tables, at);
  }
  return raw;
}

type Columns = Record<'left' | 'right' | 'feature' | 'value' | 'defaultLeft' | 'category', Float64Array>;

function readSplit(columns: Columns, node: number, raw: RawTree, tables: TableOf, at: string): void {
  const missingRight = columns.defaultLeft[node] === 0;
  raw.feature[node] = indexOf(columns.feature[node] as number, at);
  raw.left[node] = indexOf(columns.left[node] as number, at);
  raw.right[node] = indexOf(columns.right[node] as number, at);
  raw.missingRight[node] = missingRight ? 1 : 0;
  if (columns.category[node] === 1) {
    raw.kind[node] = nodeKind.category;
    raw.table[node] = tables(node, missingRight);
  } else {
    raw.kind[node] = nodeKind.number;
    raw.threshold[node] = columns.value[node] as number;
  }
}

export function refuseVectorLeaves(size: unknown): void {
  if (size === undefined || countIn(size, 'size_leaf_vector') <= 1) return;
  throw refuse(
    'unsupported_model',
    'XGBoost trees with vector leaves are not supported.',
    'Train again with multi_strategy="one_output_per_tree".',
  );
}

function indexOf(value: number, at: string): number {
  if (Number.isInteger(value) && value >= 0 && value < caps.nodes) return value;
  throw malformed('A node has an index that is none.', at);
}

/**
 * XGBoost 1 has NaN for a condition where a split is categorical; anywhere else it is refused with its node.
 */
function conditionsOf(value: unknown, size: number, at: string): Float64Array {
  if (!Array.isArray(value)) return numbersOf(value, size, at).map(Math.fround);
  const list = listOf(value, at);
  const filled = list.map((item) => (item === '' ? 0 : item));
  const conditions = numbersOf(filled, size, at).map(Math.fround);
  return conditions.map((condition, node) => (list[node] === '' ? Number.NaN : condition));
}

/** A file without covers can score but not explain: zeros say so. */
function coversOf(value: unknown, size: number, at: string): Float64Array {
  return value === undefined ? new Float64Array(size) : numbersOf(value, size, at).map(Math.fround);
}

type TableOf = (node: number, missingRight: boolean) => number;

/** The categories in a node's set go right; every other code, in range or not, goes left. */
function tablesOf(tree: unknown, size: number, forest: Forest, at: string): TableOf {
  const nodes = field(tree, 'categories_nodes');
  const none: TableOf = () => {
    throw malformed('A categorical split has no categories.', at);
  };
  if (nodes === undefined) return none;
  const count = Math.min(lengthOf(nodes, at), size);
  const categories = field(tree, 'categories');
  const codes = numbersOf(categories, lengthOf(categories, at), at);
  const owner = numbersOf(nodes, count, at);
  const segments = numbersOf(field(tree, 'categories_segments'), count, at);
  const sizes = numbersOf(field(tree, 'categories_sizes'), count, at);
  const sets = new Map<number, Float64Array>();
  owner.forEach((node, i) => {
    const start = segments[i] as number;
    const end = start + (sizes[i] as number);
    const inside =
      Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end >= start && end <= codes.length;
    if (!inside) throw malformed('The categories of a split are cut wrongly.', at);
    sets.set(node, codes.subarray(start, end));
  });
  return (node, missingRight) => {
    const set = sets.get(node);
    return set ? forest.addTable(tableOf(set, missingRight, at)) : none(node, missingRight);
  };
}

function tableOf(codes: Float64Array, missingRight: boolean, at: string): Uint8Array {
  let largest = -1;
  for (const code of codes) {
    if (!(Number.isInteger(code) && code >= 0)) throw malformed('A category is no whole number from 0.', at);
    if (code >= caps.category) throw tooLarge('A category has too large a code.', at);
    largest = Math.max(largest, code);
  }
  const table = new Uint8Array(largest + 3);
  for (const code of codes) table[code] = 1;
  table[largest + 2] = missingRight ? 1 : 0;
  return table;
}
