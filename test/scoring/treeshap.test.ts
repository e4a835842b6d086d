import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forest } from '../../scoring/checks/forest.ts';
import { rawTree } from '../../scoring/checks/validate.ts';
import { goesRight, sumTrees } from '../../scoring/evaluate/trees.ts';
import { treeShap } from '../../scoring/evaluate/treeshap.ts';
import { nodeKind, type Trees } from '../../scoring/ir.ts';

const features = 4;
type Shape =
  | { feature: number; threshold: number; missingRight: boolean; left: Shape; right: Shape }
  | number;

const { tree: shapes } = fc.letrec<{ tree: Shape; split: Shape; leaf: Shape }>((tie) => ({
  tree: fc.oneof({ maxDepth: 5, depthSize: 'large' }, tie('leaf'), tie('split')),
  leaf: fc.integer({ min: -9, max: 9 }),
  split: fc.record({
    feature: fc.integer({ min: 0, max: features - 1 }),
    threshold: fc.integer({ min: -2, max: 2 }),
    missingRight: fc.boolean(),
    left: tie('tree'),
    right: tie('tree'),
  }),
}));
const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN)), {
  minLength: features,
  maxLength: features,
});

/** Covers are drawn from the top: each child gets a share of its parent's, sometimes nothing. */
function treesOf(shapes: Shape[], shares: () => number): Trees {
  const grove = forest({ features, outputs: 1, infiniteThresholds: false, largest: 1e300 });
  for (const shape of shapes) {
    const raw = rawTree(200);
    let used = 0;
    const put = (part: Shape, cover: number): number => {
      const node = used++;
      raw.cover[node] = cover;
      if (typeof part === 'number') {
        raw.leaf[node] = part;
        return node;
      }
      raw.kind[node] = nodeKind.number;
      raw.feature[node] = part.feature;
      raw.threshold[node] = part.threshold;
      raw.missingRight[node] = part.missingRight ? 1 : 0;
      const share = shares();
      raw.left[node] = put(part.left, cover * share);
      raw.right[node] = put(part.right, cover * (1 - share));
      return node;
    };
    put(shape, 64);
    grove.add(raw, 0, 'tree');
  }
  return grove.finish({ compare: 'f64', sum: 'f64', base: Float64Array.of(0.25), baseLast: false }, null);
}

/** What a tree is worth when only some features are known: unknown splits are weighed by their covers. */
function worth(trees: Trees, node: number, row: Float64Array, known: number): number {
  const feature = trees.feature[node] as number;
  if (feature < 0) return trees.leaf[node] as number;
  const left = trees.left[node] as number;
  if ((known >> feature) & 1)
    return worth(trees, left + (goesRight(trees, node, row[feature] as number) ? 1 : 0), row, known);
  const whole = trees.cover[node] as number;
  const share = whole > 0 ? (trees.cover[left] as number) / whole : 0.5;
  return share * worth(trees, left, row, known) + (1 - share) * worth(trees, left + 1, row, known);
}

/** Shapley values by their definition: over all subsets of the other features. */
function shapley(trees: Trees, row: Float64Array): number[] {
  const total = (known: number) =>
    trees.root.reduce((sum, root) => sum + worth(trees, root, row, known), trees.base[0] as number);
  const factorial = [1, 1, 2, 6, 24];
  const bits = (set: number) => set.toString(2).replaceAll('0', '').length;
  const subsets = Array.from({ length: 2 ** features }, (_, set) => set);
  const phi = Array.from({ length: features }, (_, i) =>
    subsets
      .filter((set) => !((set >> i) & 1))
      .map((set) => {
        const size = bits(set);
        const weight =
          ((factorial[size] ?? 0) * (factorial[features - size - 1] ?? 0)) / (factorial[features] ?? 1);
        return weight * (total(set | (1 << i)) - total(set));
      })
      .reduce((sum, part) => sum + part, 0),
  );
  return [...phi, total(0)];
}

const cases = fc.tuple(
  fc.array(shapes, { minLength: 1, maxLength: 3 }),
  fc.infiniteStream(fc.constantFrom(0, 0.125, 0.5, 0.75, 1)),
  values,
);

describe('contributions', () => {
  test('are the Shapley values of their definition', () => {
    fc.assert(
      fc.property(cases, ([shapes, shares, x]) => {
        const trees = treesOf(shapes, () => shares.next().value as number);
        const row = Float64Array.from(x);
        const phi = new Float64Array(features + 1);
        treeShap(trees, features)(row, phi);
        const expected = shapley(trees, row);
        for (const [i, value] of phi.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 9);
      }),
      { numRuns: 500 },
    );
  });

  test('add up to the margin, and a feature that no split uses has none', () => {
    fc.assert(
      fc.property(cases, ([shapes, shares, x]) => {
        const trees = treesOf(shapes, () => shares.next().value as number);
        const row = Float64Array.from(x);
        const phi = new Float64Array(features + 1);
        treeShap(trees, features)(row, phi);
        const margin = new Float64Array(1);
        sumTrees(trees)(row, margin);
        expect(phi.reduce((sum, part) => sum + part, 0)).toBeCloseTo(margin[0] as number, 9);
        for (let i = 0; i < features; i++) if (!trees.feature.includes(i)) expect(phi[i]).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
