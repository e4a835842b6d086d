import { describe, expect, test } from 'vitest';
import { haveThirdParty } from './goldens.ts';
import { expectLikeBench, expectLikeLibrary, goldensOf, lightgbm } from './libraries.ts';

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

describe.skipIf(!haveThirdParty)('LightGBM models of other projects answer as their own library does', () => {
  if (!haveThirdParty) return;
  const goldens = goldensOf(lightgbm);

  test('there are some', () => expect(goldens.length).toBeGreaterThan(10));

  test.each(goldens)('$n', (golden) => expectLikeLibrary(lightgbm, golden));

  test('a model for benchmarks: 100 trees with 31 leaves', () =>
    expectLikeBench('lightgbm-4.6/lgb100x31', 'txt', { raw: 'raw' }, 'lightgbm'));
});
