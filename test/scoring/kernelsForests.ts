import fc from 'fast-check';
import { forest } from '../../scoring/checks/forest.ts';
import { type RawTree, rawTree } from '../../scoring/checks/validate.ts';
import { nextDown, nextDownSingle, nextUp, nextUpSingle } from '../../scoring/floats.ts';
import { type Ir, nodeKind, type Slot, type Trees } from '../../scoring/ir.ts';

/** What a random forest is like; every forest is made again from these numbers. */
export type Kind = {
  seed: number;
  compare: 'f32' | 'f64';
  sum: 'f32' | 'f64';
  trees: number;
  outputs: number;
  depth: number;
  columns: number;
  categories: boolean;
  zeros: boolean;
  skewed: boolean;
  baseLast: boolean;
  encoded: boolean;
};

export const kinds: fc.Arbitrary<Kind> = fc
  .record({
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    numbers: fc.constantFrom(['f32', 'f32'], ['f32', 'f64'], ['f64', 'f64']),
    trees: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 100, max: 200 })),
    outputs: fc.constantFrom(1, 1, 2, 5),
    depth: fc.constantFrom(0, 1, 3, 6, 9),
    columns: fc.constantFrom(1, 3, 12),
    categories: fc.boolean(),
    zeros: fc.boolean(),
    skewed: fc.boolean(),
    baseLast: fc.boolean(),
    encoded: fc.boolean(),
  })
  .map(({ numbers: [compare = 'f64', sum = 'f64'], ...rest }) => ({ ...rest, compare, sum }) as Kind);

type Random = (below: number) => number;

/** Whole numbers below a bound, the same for the same seed. */
export function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const one = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

/** Few, so that rows meet them exactly. */
function marksOf({ compare }: Kind): number[] {
  const marks = [0, -0, 1.5, -2.25, 0.1, 1 / 3, 1e-35, -1e-36, 1e30, 7];
  return compare === 'f32' ? marks.map(Math.fround) : marks;
}

function randomForest(kind: Kind): Trees {
  const random = generator(kind.seed);
  const bounds = {
    features: kind.columns,
    outputs: kind.outputs,
    infiniteThresholds: true,
    largest: Number.MAX_VALUE,
  };
  const grown = forest(bounds);
  for (let tree = 0; tree < kind.trees; tree++)
    grown.add(randomTree(kind, random, grown.addTable), random(kind.outputs), `tree ${tree}`);
  const base = Float64Array.from({ length: kind.outputs }, () => one(random, [0, -0, 0.5, 0.1]));
  return grown.finish({ compare: kind.compare, sum: kind.sum, base, baseLast: kind.baseLast }, null);
}

function randomTree(kind: Kind, random: Random, addTable: (table: Uint8Array) => number): RawTree {
  const most = kind.skewed ? 1 + 2 * (kind.depth * 8) : 2 ** (kind.depth + 1) - 1;
  const tree = rawTree(most);
  let size = 1;
  for (let node = 0; node < size; node++) {
    const grows = size + 2 <= most && (node === size - 1 || (!kind.skewed && random(5) > 0));
    if (grows) {
      split(tree, node, kind, random, addTable);
      tree.left[node] = size;
      tree.right[node] = size + 1;
      size += 2;
    } else tree.leaf[node] = leaf(kind, random);
    tree.cover[node] = random(50);
  }
  return tree;
}

function leaf({ sum }: Kind, random: Random): number {
  const value = one(random, [random(2000) / 997 - 1, -0, 0, 1e-7]);
  return sum === 'f32' ? Math.fround(value) : value;
}

/** The first columns are categories where there are any; some are split as numbers too. */
const isCategory = ({ categories, columns }: Kind, column: number) => categories && column * 2 < columns;

function split(
  tree: RawTree,
  node: number,
  kind: Kind,
  random: Random,
  addTable: (table: Uint8Array) => number,
): void {
  const column = random(kind.columns);
  tree.feature[node] = column;
  tree.missingRight[node] = random(2);
  if (isCategory(kind, column) && random(4) > 0) {
    tree.kind[node] = nodeKind.category;
    tree.table[node] = addTable(Uint8Array.from({ length: 2 + random(9) }, () => random(2)));
    return;
  }
  tree.kind[node] = kind.zeros && random(2) === 0 ? nodeKind.zeroIsMissing : nodeKind.number;
  tree.threshold[node] = random(40) === 0 ? Number.POSITIVE_INFINITY : one(random, marksOf(kind));
}

function encodingOf(kind: Kind): Slot[] | null {
  if (!kind.encoded) return null;
  const random = generator(kind.seed + 1);
  return Array.from({ length: kind.columns }, (): Slot => {
    const feature = random(kind.columns);
    const value = () => one(random, [Number.NaN, 0, 1, 0.1, -3, 1.5]);
    const which = random(3);
    if (which === 0)
      return { kind: 'hot', feature, code: random(5), hot: value(), cold: value(), missing: value() };
    if (which === 1) {
      const values = Array.from({ length: random(6) }, value);
      return { kind: 'lookup', feature, values, other: value(), missing: value() };
    }
    const zero = random(2) === 0 ? {} : { zero: value() };
    const scale = { subtract: 0.1, multiply: one(random, [1, 3]), divide: one(random, [1, 0.7]), add: 0.3 };
    return { kind: 'number', feature, ...scale, missing: value(), ...zero };
  });
}

export function randomIr(kind: Kind): Ir {
  const { outputs } = kind;
  return {
    format: 'xgboost',
    formatVersion: '0',
    algo: 'Random',
    objective: '',
    features: Array.from({ length: kind.columns }, (_, i) => ({
      name: `f${i}`,
      kind: isCategory(kind, i) ? 'category' : 'number',
    })),
    encoding: encodingOf(kind),
    core: randomForest(kind),
    output: { kind: 'regression', classes: [], link: 'identity', scale: 1, targets: outputs, divisor: 1 },
    contributions: { available: false, kind: 'random' },
  };
}

/** Rows at, just below and just above the split points, missing, and codes in and out of range. */
export function randomRows(kind: Kind, count: number): Float64Array[] {
  const random = generator(kind.seed + 2);
  const single = kind.compare === 'f32';
  const [up, down] = single ? [nextUpSingle, nextDownSingle] : [nextUp, nextDown];
  const moves = [(x: number) => x, up, down];
  // Behind an encoding a row is as it was read: not rounded, and zero only once it is.
  const whole = kind.encoded ? [0.1, 1e-60, -1e-60] : [];
  const number = () => one(random, moves)(one(random, [...marksOf(kind), ...whole]));
  const code = () => one(random, [random(12), -1, 0.5, 3.9, -0.5, 1e9]);
  const value = (column: number) => {
    if (random(8) === 0) return Number.NaN;
    const x = isCategory(kind, column) ? code() : number();
    return single && !kind.encoded ? Math.fround(x) : x;
  };
  return Array.from({ length: count }, () => Float64Array.from({ length: kind.columns }, (_, i) => value(i)));
}
