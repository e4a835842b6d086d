import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextDownSingle, nextUpSingle } from '../../scoring/floats.ts';
import { aboveSingle } from '../../scoring/formats/skops/trees.ts';

test('a single-precision number goes the way it goes in scikit-learn, which compares it with a double', () => {
  const thresholds = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e38, min: -1e38 }),
    fc.float({ noNaN: true }),
  );
  fc.assert(
    fc.property(thresholds, fc.float({ noNaN: true, noDefaultInfinity: true }), (threshold, other) => {
      const near = Math.fround(threshold);
      for (const x of [near, nextUpSingle(near), nextDownSingle(near), other])
        if (Number.isFinite(x)) expect(x >= aboveSingle(threshold)).toBe(!(x <= threshold));
    }),
    { numRuns: 5_000 },
  );
});
