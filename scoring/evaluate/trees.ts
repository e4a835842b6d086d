import { nodeKind, type Terms, type Trees } from '../ir.ts';

/** LightGBM's zero: what it treats as missing where zero means missing. */
const nearlyZero = Math.fround(1e-35);

export type Sums = Float32Array | Float64Array;

/** Does this value go right at this node? */
export function goesRight(trees: Trees, node: number, x: number): boolean {
  switch (trees.kind[node]) {
    case nodeKind.category:
      return tableByte(trees, trees.table[node] as number, x) === 1;
    case nodeKind.zeroIsMissing:
      if (!(x > nearlyZero || x < -nearlyZero)) return trees.missingRight[node] === 1;
      return x >= (trees.threshold[node] as number);
    default:
      return x >= (trees.threshold[node] as number) || (Number.isNaN(x) && trees.missingRight[node] === 1);
  }
}

function tableByte(trees: Trees, table: number, x: number): number {
  const start = trees.tableStart[table] as number;
  const size = (trees.tableStart[table + 1] as number) - start - 2;
  if (x >= 0 && x < size) return trees.tables[start + Math.trunc(x)] as number;
  return trees.tables[start + size + (Number.isNaN(x) ? 1 : 0)] as number;
}

function leafReached(trees: Trees, root: number, row: Float64Array): number {
  let node = root;
  let column = trees.feature[node] as number;
  while (column >= 0) {
    node = (trees.left[node] as number) + (goesRight(trees, node, row[column] as number) ? 1 : 0);
    column = trees.feature[node] as number;
  }
  return node;
}

/** A linear leaf falls back to its plain value when one of its inputs is missing. */
function linearLeaf(terms: Terms, term: number, row: Float64Array, plain: number): number {
  let value = terms.constant[term] as number;
  const end = terms.start[term + 1] as number;
  for (let i = terms.start[term] as number; i < end; i++) {
    const x = row[terms.feature[i] as number] as number;
    if (Number.isNaN(x)) return plain;
    value += (terms.coefficient[i] as number) * x;
  }
  return value;
}

/** Adds every tree's leaf to the sum of its output, in tree order and in the precision of `sums`. */
function addAny(trees: Trees, row: Float64Array, sums: Sums): void {
  const { root, outputOf, table, leaf, terms } = trees;
  for (let tree = 0; tree < root.length; tree++) {
    const node = leafReached(trees, root[tree] as number, row);
    const output = outputOf[tree] as number;
    const term = table[node] as number;
    const plain = leaf[node] as number;
    const value = terms !== null && term >= 0 ? linearLeaf(terms, term, row, plain) : plain;
    sums[output] = (sums[output] as number) + value;
  }
}

/** The same for forests of plain numeric nodes, which most are. */
function addNumeric(trees: Trees, row: Float64Array, sums: Sums): void {
  const { root, outputOf, feature, threshold, left, missingRight, leaf } = trees;
  for (let tree = 0; tree < root.length; tree++) {
    let node = root[tree] as number;
    let column = feature[node] as number;
    while (column >= 0) {
      const x = row[column] as number;
      const right = x >= (threshold[node] as number) || (Number.isNaN(x) && missingRight[node] === 1);
      node = (left[node] as number) + (right ? 1 : 0);
      column = feature[node] as number;
    }
    const output = outputOf[tree] as number;
    sums[output] = (sums[output] as number) + (leaf[node] as number);
  }
}

const isNumeric = (trees: Trees): boolean =>
  trees.terms === null && trees.kind.every((kind) => kind === nodeKind.leaf || kind === nodeKind.number);

/** The smallest or the largest leaf of each output, for ensembles that do not add. */
function pickLeaves(trees: Trees, row: Float64Array, sums: Sums, pick: (a: number, b: number) => number) {
  const { root, outputOf, leaf } = trees;
  sums.fill(Number.NaN);
  for (let tree = 0; tree < root.length; tree++) {
    const output = outputOf[tree] as number;
    const value = leaf[leafReached(trees, root[tree] as number, row)] as number;
    const best = sums[output] as number;
    sums[output] = Number.isNaN(best) ? value : pick(best, value);
  }
  for (let output = 0; output < sums.length; output++) if (Number.isNaN(sums[output])) sums[output] = 0;
}

/** Margins of one row, into `sums`, whose own precision is that of the addition. */
export function sumTrees(trees: Trees): (row: Float64Array, sums: Sums) => void {
  const { base, baseLast, combine } = trees;
  const addBase = (sums: Sums) => {
    for (let output = 0; output < base.length; output++)
      sums[output] = (sums[output] as number) + (base[output] as number);
  };
  if (combine !== undefined) {
    const pick = combine === 'smallest' ? Math.min : Math.max;
    return (row, sums) => {
      pickLeaves(trees, row, sums, pick);
      addBase(sums);
    };
  }
  const add = isNumeric(trees) ? addNumeric : addAny;
  if (!baseLast)
    return (row, sums) => {
      sums.set(base);
      add(trees, row, sums);
    };
  return (row, sums) => {
    sums.fill(0);
    add(trees, row, sums);
    addBase(sums);
  };
}
