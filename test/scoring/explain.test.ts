import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { sumTrees } from '../../scoring/evaluate/trees.ts';
import { bound, explainerOf, modelOf, randomForest, recipe, recipes, sample } from './explainForests.ts';
import { distance, rowsOf } from './goldens.ts';
import { stumps } from './irs.ts';

describe('contributions by the kernel', () => {
  test('are those of the reference', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { ir, rows } = sample(recipe);
        const explain = explainerOf(ir);
        const expected = reference(ir);
        for (const row of rows) expect(distance(explain(row), expected.explain(row))).toBeLessThan(bound);
      }),
      { numRuns: 400 },
    );
  });

  test('add up to the margin', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { trees, ir, rows } = sample(recipe);
        const explain = explainerOf(ir);
        const margins = new Float64Array(recipe.outputs);
        for (const row of rows) {
          const sums = rowsOf(explain(row), recipe.features + 1).map((part) => part.reduce((a, b) => a + b));
          sumTrees(trees)(row, margins);
          expect(distance(sums, margins)).toBeLessThan(bound);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('of a feature that no split uses are exactly 0', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { trees, ir, rows } = sample(recipe);
        const used = new Set(trees.feature);
        const unused = [...Array(recipe.features).keys()].filter((feature) => !used.has(feature));
        const parts = rows.flatMap((row) => rowsOf(explainerOf(ir)(row), recipe.features + 1));
        expect(parts.flatMap((part) => unused.map((feature) => part[feature]))).toEqual(
          parts.flatMap(() => unused.map(() => 0)),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('of one row do not depend on the rows before', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { ir, rows } = sample(recipe);
        const explain = explainerOf(ir);
        const first = rows.map((row) => explain(row));
        expect(rows.map((_, i) => explain(rows[rows.length - 1 - i] as Float64Array)).reverse()).toEqual(
          first,
        );
      }),
      { numRuns: 50 },
    );
  });

  test('of a forest without a tree are the base', () => {
    const ir = modelOf(stumps([], { base: Float64Array.of(0.5, -2) }), 2);
    expect([...explainerOf(ir)(Float64Array.of(1, 2))]).toEqual([0, 0, 0.5, 0, 0, -2]);
  });

  test('of a tree of one leaf are in the bias', () => {
    const trees = randomForest({ ...recipe(1), depth: 0, trees: 1 });
    const [a, b, bias] = explainerOf(modelOf(trees, 2))(Float64Array.of(1, 2));
    expect([a, b, bias]).toEqual([0, 0, (trees.base[0] as number) + (trees.leaf[0] as number)]);
  });

  test('are given to a split by what its rows know: by hand', () => {
    // 3 of 8 training rows went left to −1, 5 right to 2.
    const ir = modelOf(stumps([[1, 0.5, -1, 2]]), 2);
    const mean = (3 * -1 + 5 * 2) / 8;
    expect([...explainerOf(ir)(Float64Array.of(0, 1))]).toEqual([0, 2 - mean, mean]);
    expect([...explainerOf(ir)(Float64Array.of(0, 0))]).toEqual([0, -1 - mean, mean]);
  });
});
