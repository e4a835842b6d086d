import { describe, expect, test } from 'vitest';
import { decileEdges, quantile } from '../../../domain/drift/quantiles.ts';
import { range } from './samples.ts';

const published: [name: string, values: number[], deciles: number[]][] = [
  ['thirds', range(25).map((i) => i / 3), [0.8, 1.6, 2.4, 3.2, 4, 4.8, 5.6, 6.4, 7.2]],
  [
    'many zeros',
    [...new Array<number>(40).fill(0), ...range(60, 1).map((i) => i * i * 0.1)],
    [0, 0, 0, 0.060000000000000143, 11.05, 41.63999999999999, 91.83, 161.62, 251.01],
  ],
  [
    'far apart',
    range(30).map((i) => (-1.7) ** i),
    [
      -237414.39423121948, -11399.370808793705, -537.0406151406094, -24.932688919999958, -0.35,
      14.6662875999999, 315.90624420035715, 6705.512240466917, 139655.5260183648,
    ],
  ],
];

describe('quantiles are those of numpy 2.4.6', () => {
  test.each(published)('%s', (_, values, deciles) => {
    const sorted = values.toSorted((a, b) => a - b);
    for (const [i, decile] of deciles.entries())
      expect(quantile(sorted, (i + 1) / 10)).toSatisfy(
        (x: number) => Math.abs(x - decile) <= 1e-14 * Math.max(1, Math.abs(decile)),
      );
    expect(decileEdges(sorted)).toHaveLength(new Set(deciles).size);
  });
});
