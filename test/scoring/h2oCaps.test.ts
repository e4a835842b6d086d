import { describe, expect, test } from 'vitest';
import { caps } from '../../scoring/caps.ts';
import { bytesOf, codeOf, type Files, mojoFiles, rewritten, textOf } from './h2oFiles.ts';

describe('what is at a cap is read, what is one over it is too large', () => {
  const comment = (size: number) => {
    const files = mojoFiles();
    const ini = files.get('model.ini') as Uint8Array;
    const padded = Buffer.alloc(size, '#');
    padded.set(ini);
    return files.set('model.ini', padded);
  };
  const keys = (count: number) =>
    mojoFiles({ info: Object.fromEntries(Array.from({ length: count - 17 }, (_, i) => [`k${i}`, '1'])) });
  const lines = (count: number) => {
    const files = mojoFiles();
    const ini = textOf(files.get('model.ini'));
    const told = ini.split('\n').length - 1;
    return files.set('model.ini', bytesOf(ini + '\n'.repeat(count - told)));
  };
  const planes = (trees: number, features: number) => {
    const leaf = Buffer.alloc(13);
    leaf.writeInt32LE(features, 0);
    leaf.writeUInt8(0x4c, 8);
    const columns = Array.from({ length: features }, (_, i): [string] => [`c${i}`]);
    const info = {
      algo: 'extendedisolationforest',
      mojo_version: '1.00',
      ntrees: String(trees),
      sample_size: '8',
    };
    const name = (i: number) => `trees/t${String(i).padStart(2, '0')}.bin`;
    return mojoFiles({ info, columns, files: Array.from({ length: trees }, (_, i) => [name(i), leaf]) });
  };
  test.each<[string, (n: number) => Files, number]>([
    ['the size of the description', comment, caps.iniBytes],
    ['its lines', lines, caps.iniLines],
    ['its keys', keys, caps.iniKeys],
    [
      'features',
      (n) => mojoFiles({ columns: Array.from({ length: n }, (_, i) => [`c${i}`]) }),
      caps.features - 1,
    ],
    [
      'levels',
      (n) => mojoFiles({ columns: [['a', Array.from({ length: n }, (_, i) => `${i}`)]] }),
      caps.levels,
    ],
    ['trees', (n) => mojoFiles({ info: { n_trees: String(n) } }), caps.trees],
    ['numbers of planes', (n) => planes(n / 4000, 4000), caps.planeNumbers],
  ])('%s', (_, files, cap) => {
    expect(codeOf(files(cap))).toBe('read');
    expect(codeOf(files(cap === caps.planeNumbers ? cap + 4000 : cap + 1))).toBe('too_large');
  });

  test('a list of numbers', () => {
    const list = (count: number) => rewritten('glm-binomial', { beta: `[${'1,'.repeat(count - 1)}1]` });
    // At the cap what is wrong is that the model has fewer columns.
    expect(codeOf(list(caps.listNumbers))).toBe('malformed');
    expect(codeOf(list(caps.listNumbers + 1))).toBe('too_large');
  });

  test('base models', () => {
    const files = (count: number) => rewritten('stack-binomial', { submodel_count: String(count) });
    // At the cap what is wrong is that the models are not there.
    expect(codeOf(files(caps.baseModels))).toBe('malformed');
    expect(codeOf(files(caps.baseModels + 1))).toBe('too_large');
    const bases = (count: number) => rewritten('stack-binomial', { base_models_num: String(count) });
    expect(codeOf(bases(caps.baseModels))).toBe('malformed');
    expect(codeOf(bases(caps.baseModels + 1))).toBe('too_large');
  });
});
