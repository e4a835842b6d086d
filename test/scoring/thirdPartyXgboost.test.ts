import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { importModel } from '../../scoring/import.ts';
import { haveThirdParty, thirdParty } from './goldens.ts';
import { expectLikeBench, expectLikeLibrary, goldensOf, xgboost } from './libraries.ts';

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

describe.skipIf(!haveThirdParty)('XGBoost models of other projects answer as their own library does', () => {
  if (!haveThirdParty) return;
  const goldens = goldensOf(xgboost);
  const folder = join(thirdParty, 'jpmml-xgboost/xgboost');
  const binary = readdirSync(folder).filter((file) => file.endsWith('.ubj'));
  const pairs = binary.filter((file) => existsSync(join(folder, file.replace('.ubj', '.json'))));

  test('there are some, in both formats', () => {
    expect(goldens.length).toBeGreaterThan(15);
    expect(goldens.some(({ model }) => model.endsWith('.ubj'))).toBe(true);
    expect(pairs.length).toBeGreaterThan(5);
  });

  test.each(goldens)('$n', (golden) => expectLikeLibrary(xgboost, golden));

  test.each(pairs)('%s is the same model as its JSON', (file) => {
    const [first, second] = [file, file.replace('.ubj', '.json')].map((name) =>
      importModel(readFileSync(join(folder, name))),
    );
    expect(first).toHaveProperty('model');
    expect(isDeepStrictEqual(first, second)).toBe(true);
  });

  test('a model for benchmarks: 100 trees of depth 6, in UBJSON', () =>
    expectLikeBench('xgboost-1.7.4/bin100d6', 'ubj', { raw: 'margin', pred: 'pred' }, 'xgboost'));
});
