import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { decodeImage, type Image } from '../../scoring/image/container.ts';
import { type ExplainHeader, explainImage } from '../../scoring/image/explain.ts';
import type { Trees } from '../../scoring/ir.ts';
import { bound, explainerOf, generator, modelOf } from './explainForests.ts';
import { distance } from './goldens.ts';
import { stumps } from './irs.ts';

/** Each split sends the row on to the right, where share of the training rows went; the last leaf is 1, others 0. */
function chain(depth: number, featureOf: (level: number) => number, share: number): Trees {
  const nodes = 2 * depth + 1;
  const level = (node: number) => (node + 1) >> 1;
  const isSplit = (node: number) => node % 2 === 0 && node < nodes - 1;
  const perNode = (value: (node: number) => number) =>
    Array.from({ length: nodes }, (_, node) => value(node));
  return stumps([], {
    depth,
    root: Int32Array.of(0),
    outputOf: Int32Array.of(0),
    kind: Uint8Array.from(perNode((node) => (isSplit(node) ? 1 : 0))),
    feature: Int32Array.from(perNode((node) => (isSplit(node) ? featureOf(level(node)) : -1))),
    threshold: new Float64Array(nodes),
    left: Int32Array.from(perNode((node) => (isSplit(node) ? node + 1 : -1))),
    missingRight: new Uint8Array(nodes),
    table: new Int32Array(nodes).fill(-1),
    leaf: Float64Array.from(perNode((node) => (node === nodes - 1 ? 1 : 0))),
    cover: Float64Array.from(
      perNode((node) => {
        const above = share ** (level(node) - (node % 2));
        return node % 2 === 0 ? above : above * (1 - share);
      }),
    ),
  });
}

describe('deep trees', () => {
  // By symmetry features of equal splits share equally what the row adds to the mean.
  test.each([1, 2, 3, 7, 16, 31, 64, 127, 128, 511, 512])('of %i features, each once', (depth) => {
    const share = 0.9;
    const mean = share ** depth;
    const explain = explainerOf(
      modelOf(
        chain(depth, (level) => level, share),
        depth,
      ),
    );
    const parts = explain(new Float64Array(depth).fill(1));
    expect(distance(parts.subarray(0, depth), new Float64Array(depth).fill((1 - mean) / depth))).toBeLessThan(
      bound,
    );
    expect(parts[depth]).toBeCloseTo(mean, 12);
  });

  test('of 60 features, for rows that leave the path anywhere', () => {
    const ir = modelOf(
      chain(60, (level) => level, 0.5),
      60,
    );
    const explain = explainerOf(ir);
    const expected = reference(ir);
    const random = generator(60);
    for (let i = 0; i < 50; i++) {
      const row = Float64Array.from({ length: 60 }, () => (random(20) < i % 3 ? -1 : 1));
      expect(distance(explain(row), expected.explain(row))).toBeLessThan(bound);
    }
  });

  test.each([1, 2, 3, 4, 5])('of 512 levels and %i features', (features) => {
    const share = 0.99;
    const levels = 512 - (512 % features);
    const ir = modelOf(
      chain(levels, (level) => level % features, share),
      features,
    );
    const parts = explainerOf(ir)(new Float64Array(features).fill(1));
    const mean = share ** levels;
    expect(
      distance(parts.subarray(0, features), new Float64Array(features).fill((1 - mean) / features)),
    ).toBeLessThan(bound);
  });

  test('that no training row reached to the end', () => {
    const ir = modelOf(
      chain(300, (level) => level % 3, 0),
      3,
    );
    const explain = explainerOf(ir);
    for (const x of [-1, 1]) {
      const row = Float64Array.of(1, 1, x);
      expect(distance(explain(row), reference(ir).explain(row))).toBeLessThan(bound);
    }
  });

  test.each([
    [512, true],
    [513, false],
  ])('of %i features on a path: by the kernel: %s', (depth, byKernel) => {
    const image = explainImage(
      modelOf(
        chain(depth, (level) => level, 0.5),
        depth,
      ),
    ) as Uint8Array;
    const { header } = decodeImage(image) as Image;
    expect((header as ExplainHeader).kernel !== null).toBe(byKernel);
  });
});
