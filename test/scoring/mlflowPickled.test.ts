import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importModel } from '../../scoring/import.ts';
import { bytesOf, lightgbmText } from './documents.ts';
import { own } from './goldens.ts';

const stump = (i: number) =>
  lightgbmText()
    .slice(lightgbmText().indexOf('Tree=0'))
    .split('end of trees')[0]
    ?.replace('Tree=0', `Tree=${i}`);
/** A text of four trees, as LightGBM's pickles hold it. */
const text = `${lightgbmText().split('Tree=0')[0]}${[0, 1, 2, 3].map(stump).join('')}end of trees\n\npandas_categorical:null\n`;

/** The text and what follows it, as a pickle of protocol 4 has them. */
const pickle = (model: string, ...after: (string | number[])[]) =>
  Uint8Array.from([
    0x80,
    4,
    0x58,
    ...[0, 0, 0, 0],
    ...bytesOf(model),
    ...after.flatMap((part) => (typeof part === 'string' ? [...bytesOf(part)] : part)),
  ]);
const key = [0x8c, 14, ...bytesOf('best_iteration'), 0x94];
const own_key = [0x8c, 15, ...bytesOf('_best_iteration'), 0x94];

const treesOf = (bytes: Uint8Array, trees?: 'all') => {
  const result = importModel(bytes, { trees });
  return 'refusal' in result ? result.refusal.code : result.report.trees;
};

describe("LightGBM's text inside a pickle", () => {
  test('is the model, and the pickle is not run', () => {
    expect(importModel(pickle(text))).toMatchObject({
      model: { format: 'lightgbm' },
      report: { trees: 4, notes: ['The LightGBM model was cut out of a pickle, which was not run.'] },
    });
  });

  test('is used up to the best iteration of a real one, which holds more', () => {
    const bytes = readFileSync(join(own, 'lightgbm-pickled.pkl'));
    expect(importModel(bytes)).toMatchObject({
      report: { trees: 4, notes: expect.arrayContaining(['Early stopping kept the first 4 iterations.']) },
    });
    expect(treesOf(bytes, 'all')).toBe(6);
  });

  test.each<[name: string, after: (string | number[])[], trees: number]>([
    ['one byte', [key, [0x4b, 3]], 3],
    ['two bytes', [key, [0x4d, 3, 0]], 3],
    ['four bytes', [key, [0x4a, 3, 0, 0, 0]], 3],
    ['none, −1 in four bytes', [key, [0x4a, 255, 255, 255, 255]], 4],
    ['none, 0', [key, [0x4b, 0]], 4],
    ['beyond its trees', [key, [0x4b, 200]], 4],
    ['not the estimator’s own', [own_key, [0x4b, 2], key, [0x4b, 3]], 3],
    ['of an older protocol', [[0x58, 14, 0, 0, 0], 'best_iteration', [0x71, 0x22, 0x4b, 2]], 2],
    [
      'with a long place in the memo',
      [[0x58, 14, 0, 0, 0], 'best_iteration', [0x72, 1, 2, 0, 0, 0x4b, 2]],
      2,
    ],
    ['that is no number', [key, 'x'], 4],
    ['cut off', [key, [0x4b]], 4],
  ])('has a best iteration: %s', (_, after, trees) => {
    expect(treesOf(pickle(text, ...after))).toBe(trees);
  });

  test.each([
    ['nothing of LightGBM', pickle('csklearn.linear_model\n')],
    ['half of its text', pickle(text.split('pandas_categorical')[0] ?? '')],
    ['two texts', pickle(text + text)],
  ])('%s is refused with what to save instead', (_, bytes) => {
    const result = importModel(bytes);
    expect(result).toMatchObject({ refusal: { code: 'unsafe', message: expect.stringMatching(/pickle/) } });
    expect(result).toMatchObject({ refusal: { hint: expect.stringMatching(/skops/) } });
  });

  test('that is damaged is refused like any other', () => {
    expect(treesOf(pickle(text.replace('num_leaves=2', 'num_leaves=x')))).toBe('malformed');
  });
});
