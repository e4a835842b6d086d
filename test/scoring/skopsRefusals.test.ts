import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openZip } from '../../scoring/bytes/zip.ts';
import { reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import { effort } from '../support/effort.ts';
import { own } from './goldens.ts';
import { type File, zipOf } from './zips.ts';

/** A fixture with its schema rewritten as text, its arrays as they are. */
function bent(name: string, rewrite: (schema: string) => string): Uint8Array {
  const directory = openZip(new Uint8Array(readFileSync(join(own, 'skops', `${name}.skops`))));
  const files = directory.names().map((path): File => {
    const content = directory.file(path) as Uint8Array;
    return [path, path === 'schema.json' ? rewrite(new TextDecoder().decode(content)) : content];
  });
  return zipOf(files);
}

function refusalOf(bytes: Uint8Array) {
  const imported = importModel(bytes);
  if ('model' in imported) throw new Error('it was read');
  return imported.refusal;
}

/** The plain value of an option, wherever it stands; it must stand somewhere. */
const set = (option: string, value: string) => (schema: string) => {
  const pattern = new RegExp(`("${option}": \\{[^{}]*"content": )"(?:[^"\\\\]|\\\\.)*"`, 'g');
  const rewritten = schema.replace(pattern, `$1${JSON.stringify(value)}`);
  if (rewritten === schema) throw new Error(`no ${option} in the file`);
  return rewritten;
};
const rename = (from: string, to: string) => (schema: string) => {
  const rewritten = schema.replaceAll(`"__class__": "${from}"`, `"__class__": "${to}"`);
  if (rewritten === schema) throw new Error(`no ${from} in the file`);
  return rewritten;
};

describe('what is not supported is refused by its name', () => {
  test('all classes that are in no table at once', () => {
    const both = (schema: string) =>
      rename('StandardScaler', 'PCA')(rename('OneHotEncoder', 'TargetEncoder')(schema));
    const { code, message } = refusalOf(bent('logistic', both));
    expect(code).toBe('unsupported_model');
    expect(message).toMatch(/: PCA, TargetEncoder\.$|: TargetEncoder, PCA\.$/);
  });

  test('an estimator that is in no table, and one of a table in a package that is not its own', () => {
    expect(refusalOf(bent('linear', rename('LinearRegression', 'SVR'))).message).toContain('SVR');
    const foreign = (schema: string) =>
      schema.replaceAll('"sklearn.linear_model._base"', '"evil.linear_model"');
    expect(refusalOf(bent('linear', foreign)).message).toContain('LinearRegression');
  });

  test('a name that is none is not shown', () => {
    expect(refusalOf(bent('linear', rename('LinearRegression', '<script>'))).message).not.toContain('script');
  });

  test('an object of another kind in place of the estimator', () => {
    expect(refusalOf(bent('linear', rename('LinearRegression', 'RobustScaler'))).message).toContain(
      'RobustScaler',
    );
  });

  test.each([
    ['scaled-boosting', 'init', 'an estimator', rename('DummyRegressor', 'Ridge'), 'another estimator'],
    ['logistic-classes', 'clip', 'MinMaxScaler', set('clip', 'true'), 'clip=True'],
    ['logistic', 'missing_values', 'SimpleImputer', set('missing_values', '-1'), 'missing_values'],
    ['xgboost-alone', 'missing', 'XGBRegressor', set('missing', '0'), 'missing values'],
    ['elastic-hot', '_infrequent_enabled', 'OneHotEncoder', set('_infrequent_enabled', 'true'), 'infrequent'],
  ])('%s with another %s of its %s', (name, _option, _step, rewrite, word) => {
    const { code, message } = refusalOf(bent(name, rewrite));
    expect(code).toBe('unsupported_model');
    expect(message).toContain(word);
  });

  test('a function is never run', () => {
    const named = rename('RobustScaler', 'FunctionTransformer');
    expect(refusalOf(bent('linear', named)).message).toContain('never run');
  });

  test('a newer protocol is named as such, and a file without one is damaged', () => {
    const protocol = (value: string) => (schema: string) =>
      schema.replace('"protocol": 2', `"protocol": ${value}`);
    expect(refusalOf(bent('linear', protocol('3')))).toMatchObject({ code: 'unsupported_model' });
    expect(refusalOf(bent('linear', protocol('true'))).code).toBe('malformed');
    expect('model' in importModel(bent('linear', protocol('0')))).toBe(true);
  });
});

describe('hostile files cost little', () => {
  const plain = (value: unknown) => ({ __loader__: 'JsonNode', content: JSON.stringify(value) });
  const list = (...content: unknown[]) => ({ __loader__: 'ListNode', content });
  const object = (name: string, content: Record<string, unknown>) => ({
    __class__: name,
    __module__: 'sklearn',
    __loader__: 'ObjectNode',
    content: { content },
  });
  const pipeline = (count: number, array: { file: string; bytes: Uint8Array }) => {
    const numbers = { __loader__: 'NdArrayNode', type: 'numpy', file: array.file };
    const step = object('SimpleImputer', {
      n_features_in_: plain(65_536),
      missing_values: plain(null),
      statistics_: numbers,
    });
    const steps = Array.from({ length: count }, () => list(plain('step'), step));
    const last = object('LinearRegression', { coef_: numbers, intercept_: plain(0) });
    const root = { ...object('Pipeline', { steps: list(...steps, list(plain('last'), last)) }), protocol: 2 };
    return zipOf([
      ['schema.json', JSON.stringify(root), { method: 0 }],
      [array.file, array.bytes, { method: 0 }],
    ]);
  };
  const header = `\x93NUMPY\x01\0\x3d\0{'descr': '<f8', 'fortran_order': False, 'shape': (65536,), }\n`;
  const bytes = new Uint8Array(71 + 65_536 * 8);
  bytes.set(Uint8Array.from(header, (letter) => letter.charCodeAt(0)));
  const array = { file: '1.npy', bytes };

  test('many steps on many columns are refused before they were taken for long', () => {
    const start = effort();
    expect('model' in importModel(pipeline(2, array))).toBe(true);
    expect(refusalOf(pipeline(5_000, array))).toMatchObject({ code: 'too_large' });
    expect(effort() - start).toBeLessThan(3_000);
  });

  test('names that every object has are plain names', () => {
    const proto = (schema: string) => schema.replaceAll('"estimators_"', '"__proto__"');
    expect(refusalOf(bent('forest', proto)).code).toBe('malformed');
  });
});

describe('missing values have a rule or are refused', () => {
  const modelOf = (name: string) => {
    const imported = importModel(new Uint8Array(readFileSync(join(own, 'skops', `${name}.skops`))));
    if ('refusal' in imported) throw new Error(imported.refusal.message);
    return { model: reference(imported.model), report: imported.report };
  };

  test('gradient boosting and linear models refuse them, as scikit-learn does', () => {
    for (const name of ['boosting', 'linear', 'old-tree', 'old-forest', 'tree-targets'])
      expect(
        modelOf(name).model.features.some(({ required }) => required),
        name,
      ).toBe(name !== 'tree-targets');
    expect(modelOf('linear').model.read({ age: 1, income: 2, visits: 3 })).toEqual([
      { feature: '__proto__', problem: 'missing' },
    ]);
  });

  test('an encoder that knows no missing value refuses it, and levels never seen', () => {
    const { model } = modelOf('lasso');
    expect(model.read({ grade: 9 })).toMatchObject([{ feature: 'grade' }]);
    expect(model.read({})).toMatchObject([{ feature: 'grade' }]);
    expect(model.read({ grade: 2 })).toEqual(Float64Array.of(Number.NaN, 1));
  });

  test('columns that a pipeline drops need not be sent, and the report says so', () => {
    const { model, report } = modelOf('lasso');
    expect(model.features.map(({ name }) => name)).toEqual(['age', 'grade']);
    expect(report.notes).toEqual([expect.stringContaining('drops 4')]);
  });
});
