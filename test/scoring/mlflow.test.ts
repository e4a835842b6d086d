import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openZip } from '../../scoring/bytes/zip.ts';
import { type ImportOptions, importModel } from '../../scoring/import.ts';
import { bytesOf, lightgbmText, xgboostBytes } from './documents.ts';
import { own } from './goldens.ts';
import { tarOf } from './tars.ts';
import { zipOf } from './zips.ts';

const at = (name: string) => readFileSync(join(own, name));
function imported(files: Parameters<typeof importModel>[0], options?: ImportOptions) {
  const result = importModel(files, options);
  if ('refusal' in result) throw new Error(JSON.stringify(result.refusal));
  return result;
}

/** A directory of a small XGBoost model; lines that are given are added to its card. */
const cardOf = (flavor: string, more = '') =>
  `flavors:\n  ${flavor}\n  python_function:\n    loader_module: mlflow.x\nmlflow_version: 3.17.2\n${more}`;
const xgboostCard = (more = '') => cardOf('xgboost:\n    code: null\n    data: model.xgb', more);
const directory = (
  card: string,
  files: Record<string, Uint8Array | string> = { 'model.xgb': xgboostBytes() },
) =>
  new Map(
    Object.entries({ MLmodel: card, ...files }).map(([path, file]) => [
      path,
      typeof file === 'string' ? bytesOf(file) : file,
    ]),
  );
const refusal = (files: Parameters<typeof importModel>[0]) => {
  const result = importModel(files);
  return 'refusal' in result ? result.refusal : undefined;
};
const signature = (inputs: unknown) => `signature:\n  inputs: '${JSON.stringify(inputs)}'\n  params: null\n`;

describe('a directory that MLflow saved', () => {
  test('is the same model as a zip, in a folder of a tar archive, and as its files', () => {
    const zip = at('mlflow-xgboost.zip');
    const inside = openZip(zip);
    const files = new Map(inside.names().map((name) => [name, inside.file(name) as Uint8Array]));
    const model = imported(zip);
    expect(imported(at('mlflow-xgboost.tar.gz'))).toEqual(model);
    expect(imported(files)).toEqual(model);
    expect(imported(zipOf([...files]))).toEqual(model);
    expect(model.report).toMatchObject({
      format: 'xgboost',
      notes: [
        'Read from the MLflow directory, flavor xgboost.',
        'The features have the names of the signature.',
      ],
    });
    expect(model.model.output.classes).toEqual(['0', '1', '2']);
  });

  test('with a pickled LightGBM estimator gives the text inside it, which skops holds as well', () => {
    const pickled = imported(at('mlflow-lightgbm.zip'));
    const skops = imported(at('mlflow-lightgbm-skops.zip'));
    expect(pickled.model.features).toEqual(skops.model.features);
    expect(pickled.model.core).toEqual(skops.model.core);
    expect(pickled.report.notes.join(' ')).toMatch(/cut out of a pickle.*numbered/);
  });

  test('is read in the format that its file is in, whatever it is called', () => {
    const { report } = imported(
      directory(cardOf('lightgbm:\n    data: model.lgb'), { 'model.lgb': lightgbmText() }),
    );
    expect(report.format).toBe('lightgbm');
    const odd = directory(xgboostCard(), { 'model.xgb': lightgbmText() });
    expect(imported(odd).report.format).toBe('lightgbm');
  });

  test('gives its names to features that have none of their own', () => {
    const names = (files: ReadonlyMap<string, Uint8Array>) =>
      imported(files).model.features.map(({ name }) => name);
    const columns = [
      { type: 'double', name: 'age' },
      { type: 'string', name: "it's" },
    ];
    const escaped = signature(columns).replace("it's", "it''s");
    expect(names(directory(xgboostCard(escaped)))).toEqual(['age', "it's"]);
    expect(
      names(directory(xgboostCard(escaped), { 'model.xgb': xgboostBytes({ names: ['a', 'b'] }) })),
    ).toEqual(['a', 'b']);
    expect(names(directory(xgboostCard(signature(columns.slice(1)).replace("it's", "it''s"))))).toEqual([
      'f0',
      'f1',
    ]);
    const tensor = [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 2] } }];
    expect(names(directory(xgboostCard(signature(tensor))))).toEqual(['f0', 'f1']);
    expect(names(directory(xgboostCard(signature([{ type: 'double' }, { type: 'double' }]))))).toEqual([
      'f0',
      'f1',
    ]);
  });

  test.each<[name: string, files: Map<string, Uint8Array>, code: string, message: RegExp]>([
    [
      'of Python code alone',
      directory(cardOf('other:\n    a: b').replace('  other:\n    a: b\n', '')),
      'unsupported_model',
      /Python function/,
    ],
    ['of another library', directory(cardOf('keras:\n    data: data')), 'unsupported_model', /"keras"/],
    ["with H2O's own binary", directory(cardOf('h2o:\n    data: model.h2o')), 'unsupported_model', /H2O/],
    [
      'with a pickle of scikit-learn',
      directory(cardOf('sklearn:\n    pickled_model: model.pkl\n    serialization_format: cloudpickle'), {
        'model.pkl': '\x80',
      }),
      'unsafe',
      /pickle/,
    ],
    [
      'with a pickle that says it is skops',
      directory(cardOf('sklearn:\n    pickled_model: model.pkl\n    serialization_format: skops'), {
        'model.pkl': 'ccopy_reg',
      }),
      'unsafe',
      /pickle/,
    ],
    ['without flavors', directory('mlflow_version: 3\n'), 'malformed', /flavors/],
    [
      'that does not name its file',
      directory(cardOf('xgboost:\n    code: null')),
      'malformed',
      /file of its model/,
    ],
    ['without its file', directory(xgboostCard(), {}), 'malformed', /missing/],
    [
      'whose file lies outside',
      directory(xgboostCard().replace('model.xgb', '../model.xgb')),
      'unsafe',
      /path/,
    ],
    [
      'whose file has an absolute path',
      directory(xgboostCard().replace('model.xgb', '/etc/passwd')),
      'unsafe',
      /path/,
    ],
    [
      'with a directory inside',
      directory(xgboostCard(), { 'model.xgb': zipOf([['MLmodel', xgboostCard()]]) }),
      'unsupported_format',
      /archive inside/,
    ],
    [
      'with an archive inside',
      directory(xgboostCard(), { 'model.xgb': gzipSync(tarOf([{ name: 'a', content: 'b' }])) }),
      'unsupported_format',
      /archive inside/,
    ],
    [
      'with names twice',
      directory(xgboostCard(signature([{ name: 'a' }, { name: 'a' }]))),
      'malformed',
      /same name/,
    ],
    [
      'with a signature that is no JSON',
      directory(xgboostCard("signature:\n  inputs: '['\n")),
      'malformed',
      /JSON/,
    ],
  ])('%s is refused', (_, files, code, message) => {
    expect(refusal(files)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('tells what to log instead', () => {
    expect(refusal(directory(cardOf('h2o:\n    data: model.h2o')))?.hint).toMatch(/download_mojo/);
    expect(refusal(directory(cardOf('sklearn:\n    pickled_model: model.pkl')))?.hint).toMatch(
      /serialization_format="skops"/,
    );
  });

  test('of any bytes is a model or a refusal', () => {
    const card = openZip(at('mlflow-xgboost.zip')).file('MLmodel') as Uint8Array;
    const model = openZip(at('mlflow-xgboost.zip')).file('model.ubj') as Uint8Array;
    fc.assert(
      fc.property(
        fc.nat(card.length - 1),
        fc.constantFrom(...' :\'-\n#&{[|>"\\a0'),
        fc.nat(3),
        (place, letter, cut) => {
          const bent = Uint8Array.from([
            ...card.subarray(0, place),
            ...bytesOf(letter),
            ...card.subarray(place + cut),
          ]);
          const result = importModel(
            new Map([
              ['MLmodel', bent],
              ['model.ubj', model],
            ]),
          );
          if ('refusal' in result) expect(result.refusal.message).not.toMatch(/to its end/);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
