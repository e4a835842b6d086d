import { describe, expect, test } from 'vitest';
import { bytesOf, codeOf, type Files, fixture, mojoFiles, refusalOf, rewritten, textOf } from './h2oFiles.ts';

describe('what is not supported is refused by its name', () => {
  test.each<[string, Files, RegExp]>([
    ['another algorithm', mojoFiles({ info: { algo: 'word2vec' } }), /"word2vec"/],
    [
      'another algorithm by its long name',
      mojoFiles({ info: { algo: undefined, algorithm: 'KMeans' } }),
      /"KMeans"/,
    ],
    ['a newer GBM', mojoFiles({ info: { mojo_version: '1.50' } }), /newer H2O/],
    ['a newer XGBoost', rewritten('xgboost-binomial', { mojo_version: '1.20' }), /newer H2O/],
    [
      'another encoding of categories',
      mojoFiles({ info: { _genmodel_encoding: 'OneHotExplicit' } }),
      /"OneHotExplicit"/,
    ],
    ['the other byte order', mojoFiles({ info: { endianness: 'BIG_ENDIAN' } }), /byte order/],
    ['a link that is none of H2O', mojoFiles({ info: { link_function: 'cauchit' } }), /"cauchit"/],
    [
      'a classifier of another distribution',
      mojoFiles({ info: { distribution: 'custom' }, classes: ['n', 'y'] }),
      /"custom"/,
    ],
    ['an autoencoder', rewritten('network-poisson', { category: 'AutoEncoder' }), /autoencoder/],
    ['an unknown activation', rewritten('network-poisson', { activation: 'Sinus' }), /"Sinus"/],
    ['interactions', rewritten('glm-binomial', { num_interactions: '1' }), /interactions/],
    ['a link of GLM', rewritten('glm-tweedie', { link: 'oprobit' }), /"oprobit"/],
    [
      'another transform',
      rewritten('stack-binomial', { metalearner_transform: 'Percentile_Rank' }),
      /"Percentile_Rank"/,
    ],
    ['an ensemble with an offset', rewritten('stack-binomial', { offset_column: 'x' }), /offset/],
    ['another calibration', rewritten('gbm-platt', { calib_method: 'beta' }), /"beta"/],
  ])('%s', (_, files, message) => {
    const refusal = refusalOf(files);
    expect(refusal.code).toBe('unsupported_model');
    expect(refusal.message).toMatch(message);
    expect(refusal.hint).not.toBe('');
  });

  test('a stacked ensemble inside a stacked ensemble', () => {
    const files = fixture('stack-binomial');
    const inner = textOf(files.get('model.ini')).match(/submodel_dir_0 = (.*)/)?.[1] as string;
    files.set(`${inner}model.ini`, files.get('model.ini') as Uint8Array);
    for (const [path, bytes] of fixture('stack-binomial'))
      if (path.startsWith('domains/')) files.set(inner + path, bytes);
    expect(refusalOf(files)).toMatchObject({ code: 'unsupported_model', message: /inside a stacked/ });
  });
});

describe('a description that does not fit is malformed', () => {
  test.each<[string, Files]>([
    ['fewer columns than told', mojoFiles({ info: { n_columns: '4' } })],
    ['more features than columns', mojoFiles({ info: { n_features: '3' } })],
    ['an isolation forest of no trees', rewritten('isolation-forest', { n_trees: '0' })],
    ['a distribution with a name that is none', mojoFiles({ info: { distribution: '<b>' } })],
    ['a negative count', mojoFiles({ info: { n_trees: '-1' } })],
    ['a count that is no whole number', mojoFiles({ info: { n_trees: '1.5' } })],
    ['a number that is none', mojoFiles({ info: { init_f: 'NaN' } })],
    ['a first guess that is infinite', mojoFiles({ info: { init_f: 'Infinity' } })],
    ['more trees at once than classes', mojoFiles({ info: { n_trees_per_class: '2' } })],
    ['the same column twice', mojoFiles({ columns: [['a'], ['a']] })],
    ['the same class twice', mojoFiles({ info: { distribution: 'bernoulli' }, classes: ['n', 'n'] })],
    [
      'fewer levels than told',
      mojoFiles({ columns: [['a', ['x', 'y']]] }).set('domains/d0.txt', bytesOf('x\n')),
    ],
    [
      'more levels than told',
      mojoFiles({ columns: [['a', ['x', 'y']]] }).set('domains/d0.txt', bytesOf('x\ny\nz')),
    ],
    [
      'levels that are not UTF-8',
      mojoFiles({ columns: [['a', ['x']]] }).set('domains/d0.txt', Uint8Array.of(0xff)),
    ],
    ['a line before any section', new Map([['model.ini', bytesOf('a = 1\n')]])],
    ['a key that stands twice', new Map([['model.ini', bytesOf('[info]\na = 1\na = 2\n')]])],
    ['a line without a value', new Map([['model.ini', bytesOf('[info]\na\n')]])],
    ['a domain without a file', new Map([['model.ini', bytesOf('[info]\n[domains]\n0: 2\n')]])],
    ['coefficients beyond the columns', rewritten('glm-binomial', { beta: '[1.0, 2.0]' })],
    ['a list that is none', rewritten('glm-binomial', { beta: '1.0' })],
    ['offsets of categories that go down', rewritten('glm-binomial', { cat_offsets: '[0, 8, 6]' })],
    ['a layer of another size', rewritten('network-poisson', { neural_network_sizes: '[15, 5, 4, 1]' })],
    [
      'a response scaled by 0',
      rewritten('network-poisson', { norm_resp_mul: '[0.0]', norm_resp_sub: '[1.0]' }),
    ],
    ['an offset whose column is not told', rewritten('xgboost-poisson', { has_offset: 'true' })],
    ['a metalearner that is not there', rewritten('stack-binomial', { metalearner: 'x' })],
    [
      'a model folder that stands twice',
      rewritten('stack-binomial', { submodel_dir_0: 'models/', submodel_dir_1: 'models/' }),
    ],
    ['a missing base model', rewritten('stack-binomial', { base_model0: 'x' })],
    [
      'an isotonic calibration upside down',
      rewritten('gbm-isotonic', { calib_min_x: '0.9', calib_max_x: '0.1' }),
    ],
  ])('%s', (_, files) => {
    expect(refusalOf(files).code).toBe('malformed');
  });

  test.each(['xgboost-binomial', 'gbm-isotonic', 'extended-isolation-forest', 'glm-binomial'])(
    'a file of %s is missing',
    (name) => {
      for (const path of fixture(name).keys()) {
        const files = fixture(name);
        files.delete(path);
        // A tree that is not there adds nothing, as in H2O.
        const isOptional = /^(trees\/t\d+_\d+|feature_map)/.test(path);
        expect(codeOf(files), path).toBe(
          isOptional ? 'read' : path === 'model.ini' ? 'unsupported_format' : 'malformed',
        );
      }
    },
  );

  test('a base model whose levels are in another order than those of the ensemble', () => {
    const files = fixture('stack-binomial');
    const isCity = ([path, bytes]: [string, Uint8Array]) =>
      path.startsWith('models/GBM') && textOf(bytes).includes('Roma');
    const [path, bytes] = [...files].find(isCity) ?? ['', new Uint8Array()];
    const lines = textOf(bytes).trimEnd().split('\n');
    expect(lines.length).toBe(6);
    expect(codeOf(files.set(path, bytesOf(`${lines.join('\n')}\n`)))).toBe('read');
    expect(codeOf(files.set(path, bytesOf(`${lines.reverse().join('\n')}\n`)))).toBe('malformed');
  });

  test('booster weights for other trees', () => {
    const files = fixture('xgboost-weights');
    const weights = Buffer.from(files.get('auxNodeWeights') as Uint8Array);
    weights.writeInt32LE(3, 0);
    expect(codeOf(files.set('auxNodeWeights', weights))).toBe('malformed');
    expect(codeOf(files.set('auxNodeWeights', weights.subarray(0, 20)))).toBe('malformed');
  });
});
