import * as fc from 'fast-check';
import { forest } from '../../scoring/checks/forest.ts';
import { type RawTree, rawTree } from '../../scoring/checks/validate.ts';
import { type Explainer, type Grain, loadExplainer } from '../../scoring/explain.ts';
import { explainImage } from '../../scoring/image/explain.ts';
import { predictImage } from '../../scoring/image/predict.ts';
import { type Ir, nodeKind, type Trees } from '../../scoring/ir.ts';
import { irOf, numbers, outputOf } from './irs.ts';

/** How far contributions may be from those of another method, relative to max(1, |value|). */
export const bound = 1e-9;

/** What a random forest is made of; the same recipe gives the same forest. */
export type Recipe = {
  seed: number;
  features: number;
  outputs: number;
  trees: number;
  depth: number;
  /** How often a node splits again, of 10. */
  growth: number;
  compare: 'f32' | 'f64';
  /** The last features are categories. */
  categories: number;
};

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  features: fc.integer({ min: 1, max: 16 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  trees: fc.integer({ min: 0, max: 5 }),
  depth: fc.integer({ min: 0, max: 14 }),
  growth: fc.integer({ min: 5, max: 10 }),
  compare: fc.constantFrom('f32', 'f64'),
  categories: fc.constantFrom(0, 0, 1, 3),
});

/** A small one. */
export const recipe = (seed: number): Recipe => ({
  seed,
  features: 2,
  outputs: 1,
  trees: 3,
  depth: 5,
  growth: 9,
  compare: 'f64',
  categories: 0,
});

export const modelOf = (core: Trees, features: number, rest: Partial<Ir> = {}): Ir =>
  irOf({ core, features: numbers(features), output: outputOf({ targets: core.base.length }), ...rest });

const rowsPerForest = 3;

/** A forest, a model of it and rows for it. */
export const sample = (recipe: Recipe): { trees: Trees; ir: Ir; rows: Float64Array[] } => {
  const trees = randomForest(recipe);
  const rows = Array.from({ length: rowsPerForest }, (_, i) => randomRow(recipe, i));
  return { trees, ir: modelOf(trees, recipe.features), rows };
};

export function explainerOf(ir: Ir, grain?: Grain): Explainer {
  const explain = explainImage(ir);
  if (explain === null) throw new Error('no explain image');
  return loadExplainer(predictImage(ir), explain, grain);
}

/** Numbers from 0 to below `under`. */
export function generator(seed: number): (under: number) => number {
  let state = seed >>> 0;
  return (under) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9) >>> 0;
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * under);
  };
}

const mostNodes = 300;
const codes = 5;

export function randomForest(recipe: Recipe): Trees {
  const { features, outputs, compare } = recipe;
  const random = generator(recipe.seed);
  const grove = forest({ features, outputs, infiniteThresholds: true, largest: 1e300 });
  const tables = Array.from({ length: 4 }, (_, extra) =>
    // Tables of one feature differ in length, as bit sets do.
    grove.addTable(Uint8Array.from({ length: codes + extra }, () => random(2))),
  );
  for (let tree = 0; tree < recipe.trees; tree++)
    grove.add(randomTree(recipe, random, tables), random(outputs), 'tree');
  const base = Float64Array.from({ length: outputs }, () => random(5) / 4);
  return grove.finish({ compare, sum: compare, base, baseLast: false }, null);
}

function randomTree(recipe: Recipe, random: (under: number) => number, tables: number[]): RawTree {
  const raw = rawTree(mostNodes);
  let used = 0;
  const put = (depth: number, cover: number): number => {
    const node = used++;
    raw.cover[node] = cover;
    if (depth >= recipe.depth || random(10) >= recipe.growth || used > mostNodes - 2 * recipe.depth - 2) {
      raw.leaf[node] = (random(2001) - 1000) / 500;
      return node;
    }
    split(recipe, raw, node, random, tables);
    const share = [0, 0.001, 0.25, 0.5, 0.7, 0.99, 1][random(7)] as number;
    // Covers in single precision do not quite add up.
    raw.left[node] = put(depth + 1, Math.fround(cover * share));
    raw.right[node] = put(depth + 1, Math.fround(cover * (1 - share) * (1 + random(3) * 1e-7)));
    return node;
  };
  put(0, 1000);
  return raw;
}

function split(
  { features, categories }: Recipe,
  raw: RawTree,
  node: number,
  random: (under: number) => number,
  tables: number[],
): void {
  const feature = random(features);
  raw.feature[node] = feature;
  raw.missingRight[node] = random(2);
  if (feature >= features - categories) {
    raw.kind[node] = nodeKind.category;
    raw.table[node] = tables[random(tables.length)] as number;
    return;
  }
  raw.kind[node] = random(3) === 0 ? nodeKind.zeroIsMissing : nodeKind.number;
  raw.threshold[node] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -1, 0, 0.5, 1][
    random(6)
  ] as number;
}

/** Values at and around the split points, missing ones, and codes in and out of range. */
function randomRow({ features, seed }: Recipe, which: number): Float64Array {
  const random = generator(seed + 7919 * (which + 1));
  const values = [Number.NaN, 0, 1e-36, -1e-36, -1, 1, 0.5, 0.25, 2, 3, 4, 6, 1e6, -3];
  return Float64Array.from({ length: features }, () => values[random(values.length)] as number);
}
