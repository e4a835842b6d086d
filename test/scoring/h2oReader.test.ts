import { describe, expect, test } from 'vitest';
import type { Reference } from '../../scoring/evaluate/reference.ts';
import { nextUp } from '../../scoring/floats.ts';
import { bytesOf, codeOf, fixture, modelOf, mojoFiles, rewritten, textOf } from './h2oFiles.ts';
import { rowOf } from './h2oModels.ts';

describe('a row is read as H2O reads it', () => {
  const model = modelOf(mojoFiles({ columns: [['city', ['Roma', 'city.Lodz', 'a\\\\b\\n']], ['b']] }));
  const read = (city: unknown) => rowOf(model, { city })[0];

  test('a level, a level with the name of its column before it, an escaped level, and one never seen', () => {
    expect(read('Roma')).toBe(0);
    expect(read('Lodz')).toBe(1);
    expect(read('a\\b\n')).toBe(2);
    expect(read('Oslo')).toBeNaN();
  });

  test('a GLM that does not impute needs every value', () => {
    const glm = modelOf(fixture('glm-skip'));
    const whole = { age: 1, ratio: 1, ['__proto__']: 1, city: 'Roma', member: 'true' };
    expect(glm.read(whole)).toBeInstanceOf(Float64Array);
    expect(glm.read({ ...whole, city: null })).toEqual([{ feature: 'city', problem: 'missing' }]);
  });

  test('what a base model cannot do without, its ensemble cannot either', () => {
    const path = [...fixture('stack-multinomial').keys()].find((name) => /models\/GLM\/GLM.*ini$/.test(name));
    const record = { age: 1, ratio: null };
    expect(modelOf(fixture('stack-multinomial')).read(record)).toBeInstanceOf(Float64Array);
    const files = rewritten('stack-multinomial', { mean_imputation: 'false' }, path);
    expect(modelOf(files).read(record)).toContainEqual({ feature: 'ratio', problem: 'missing' });
  });

  test('the label does not hang on the last digit of an exponential', () => {
    const plain = modelOf(fixture('gbm-binomial'));
    const row = rowOf(plain, { age: 1, city: 'Roma' });
    const p1 = plain.predict(row).probabilities?.yes as number;
    const labelAt = (threshold: number) =>
      modelOf(rewritten('gbm-binomial', { default_threshold: String(threshold) })).predict(row).prediction;
    expect(labelAt(nextUp(p1))).toBe('yes');
    expect(labelAt(p1 + 1e-12)).toBe('no');
  });
});

describe('what stands in a description is heeded', () => {
  const classes = { prior_class_distrib: '[0.2, 0.3, 0.5]' };

  test('the prior class distribution tells ties apart, but not in GLM', () => {
    const tied = (name: string) => modelOf(rewritten(name, classes)).output.ties;
    expect(tied('gbm-multinomial')).toEqual([0.2, 0.3, 0.5]);
    expect(tied('xgboost-multinomial')).toEqual([0.2, 0.3, 0.5]);
    expect(tied('network-multinomial')).toEqual([0.2, 0.3, 0.5]);
    expect(tied('glm-multinomial')).toBeUndefined();
  });

  test('the version of H2O is told if it looks like one', () => {
    const told = (version: string) => modelOf(mojoFiles({ info: { h2o_version: version } })).ir.formatVersion;
    expect(told('3.46.0.9')).toBe('MOJO 1.40, H2O 3.46.0.9');
    expect(told('3.46 <b>')).toBe('MOJO 1.40');
  });

  test('a GLM that had the effects of its offset removed does not ask for it', () => {
    const plain = modelOf(fixture('glm-offset'));
    const removed = modelOf(rewritten('glm-offset', { remove_offset_effects: 'true' }));
    const record = { age: 1, city: 'Roma', exposure: 0.4 };
    const margin = (model: Reference, more: object) =>
      model.margin(rowOf(model, { ...record, ...more }))[0] as number;
    expect(removed.features.map(({ name }) => name)).not.toContain('exposure');
    expect(margin(removed, {})).toBe(margin(plain, { exposure: null }));
    expect(margin(plain, {}) - margin(plain, { exposure: 0 })).toBeCloseTo(0.4, 12);
  });

  test('a sparse XGBoost takes zeros for missing, another does not', () => {
    const rows = ['Roma', '12', 'a, b'].flatMap((city) => [-1, 0.5].map((age) => ({ city, age })));
    const differs = (name: string) => {
      const model = modelOf(fixture(name));
      const margin = (record: object) => model.margin(rowOf(model, { ...record }))[0];
      return rows.some(
        (row) =>
          margin({ ...row, ratio: 0 }) !== margin({ ...row, ratio: null }) ||
          margin({ ...row, age: 0 }) !== margin({ ...row, age: null }),
      );
    };
    expect(differs('xgboost-sparse')).toBe(false);
    expect(differs('xgboost-binomial')).toBe(true);
  });

  test('columns of levels without the first one', () => {
    const info = {
      algo: 'deeplearning',
      mojo_version: '1.10',
      cats: '1',
      nums: '1',
      cat_offsets: '[0, 3]',
      use_all_factor_levels: 'false',
      activation: 'Tanh',
      neural_network_sizes: '[4, 1]',
      weight_layer0: '[1.0, 2.0, 4.0, 8.0]',
      bias_layer0: '[16.0]',
    };
    const model = modelOf(mojoFiles({ info, columns: [['a', ['x', 'y', 'z']], ['b']] }));
    const answer = (a: string | null, b: number) => model.predict(rowOf(model, { a, b })).prediction;
    expect(['x', 'y', 'z', null].map((a) => answer(a, 1))).toEqual([24, 25, 26, 28]);
    expect(answer('y', 0)).toBe(17);
  });

  test('classes kept under the number that the response had before columns were left out', () => {
    const files = fixture('stack-binomial');
    const ini = textOf(files.get('model.ini'));
    const moved = ini.replace(/^5: 2 /m, '9: 2 ');
    expect(moved).not.toBe(ini);
    expect(modelOf(files.set('model.ini', bytesOf(moved))).output.classes).toEqual(['no', 'yes']);
  });

  test('what Java finds first where several calibration points are equal', () => {
    const row = { age: 1, city: 'Roma' };
    const plain = modelOf(fixture('gbm-isotonic'));
    const p1 = plain.predict(rowOf(plain, row)).probabilities?.yes as number;
    const files = rewritten('gbm-isotonic', { calib_min_x: '0.0', calib_max_x: '1.0' });
    const points = (values: number[]) => {
      const bytes = Buffer.alloc(4 + 8 * values.length);
      bytes.writeInt32BE(values.length);
      values.forEach((value, i) => {
        bytes.writeDoubleBE(value, 4 + 8 * i);
      });
      return bytes;
    };
    // A binary search of three begins with the second.
    files.set('calib/thresholds_x', points([p1, p1, 1])).set('calib/thresholds_y', points([0.1, 0.4, 0.9]));
    const model = modelOf(files);
    expect(model.predict(rowOf(model, row)).calibrated?.yes).toBeCloseTo(0.4, 12);
  });
});

describe('which models explain themselves', () => {
  test.each<[string, string | null]>([
    ['gbm-binomial', null],
    ['gbm-multinomial', 'multiclass'],
    ['gbm-offset', 'offset'],
    ['drf-binomial', null],
    ['drf-double', 'double tree'],
    ['xgboost-sparse', null],
    ['xgboost-multinomial', 'multiclass'],
    ['glm-tweedie', null],
    ['glm-multinomial', 'multiclass'],
    ['network-binomial', 'DeepLearning'],
    ['stack-binomial', 'StackedEnsemble'],
    ['isolation-forest', 'IsolationForest'],
    ['extended-isolation-forest', 'ExtendedIsolationForest'],
  ])('%s', (name, kind) => {
    const { contributions } = modelOf(fixture(name));
    expect(contributions.available ? null : contributions.kind).toBe(kind);
  });

  test('a random forest whose importances were left out is scored but not explained', () => {
    const files = fixture('drf-binomial');
    files.delete('experimental/modelDetails.json');
    const { contributions } = modelOf(files);
    expect(contributions).toEqual({ available: false, kind: 'random forest without variable importances' });
    expect(codeOf(files.set('experimental/modelDetails.json', bytesOf('{')))).toBe('read');
  });

  test('a GLM by its coefficients: parts add up to the score before the link, each feature by its own', () => {
    for (const name of ['glm-binomial', 'glm-tweedie', 'glm-offset']) {
      const glm = modelOf(fixture(name));
      const record = {
        age: 0.4,
        ratio: -1.1,
        ['__proto__']: 0.3,
        city: 'a, b',
        member: 'true',
        exposure: 0.2,
      };
      const at = (more: object) => glm.margin(rowOf(glm, { ...record, ...more }))[0] as number;
      const parts = glm.explain(rowOf(glm, record));
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(at({}), 12);
      const age = glm.features.findIndex((feature) => feature.name === 'age');
      expect((parts[age] as number) / 0.4).toBeCloseTo(at({ age: 1.4 }) - at({}), 12);
      const city = glm.features.findIndex((feature) => feature.name === 'city');
      const other = glm.explain(rowOf(glm, { ...record, city: 'Roma' }));
      expect((other[city] as number) - (parts[city] as number)).toBeCloseTo(
        at({ city: 'Roma' }) - at({}),
        12,
      );
    }
  });
});
