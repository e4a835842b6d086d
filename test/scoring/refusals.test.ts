import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { importModel } from '../../scoring/import.ts';
import { bytesOf, lightgbmText, stump, xgboostBytes, xgboostDocument, xgboostTree } from './documents.ts';
import { zipOf } from './zips.ts';

const refusal = (bytes: Uint8Array) => {
  const imported = importModel(bytes);
  return 'refusal' in imported ? imported.refusal : undefined;
};
const raw = (...bytes: number[]) => Uint8Array.from(bytes);
const zip = (...names: string[]) => zipOf(names.map((name) => [name, 'x']));

test('the documents that the other tests bend are models themselves', () => {
  expect(refusal(xgboostBytes())).toBeUndefined();
  expect(refusal(bytesOf(lightgbmText()))).toBeUndefined();
  expect(refusal(bytesOf(lightgbmText().replaceAll('\n', '\r\n')))).toBeUndefined();
});

describe('a format that is not supported is named, with what to upload instead', () => {
  test.each([
    ['a pickle', raw(0x80, 4, 0x95), 'unsafe', /pickle/],
    ['an old pickle', bytesOf('ccopy_reg\n_reconstructor'), 'unsafe', /pickle/],
    ['a joblib file', raw(0x78, 0x9c, 1), 'unsupported_format', /joblib/],
    ['gzip', gzipSync('text'), 'unsupported_format', /compressed/],
    ['half a gzip', raw(0x1f, 0x8b, 8), 'malformed', /compressed/],
    ['PyTorch', zip('model/data.pkl', 'model/version'), 'unsafe', /PyTorch/],
    [
      'TensorFlow',
      zip('m/saved_model.pb', 'm/variables/variables.index'),
      'unsupported_format',
      /TensorFlow/,
    ],
    ['a Keras archive', zip('config.json', 'model.weights.h5'), 'unsupported_format', /Keras/],
    ['Spark ML', zip('m/metadata/part-00000', 'm/data/x.parquet'), 'unsupported_format', /Spark ML/],
    ['Driverless AI', zip('mojo-pipeline/pipeline.mojo', 'README.txt'), 'unsupported_format', /Driverless/],
    ['a zip of other things', zip('a.txt', 'b.txt'), 'unsupported_format', /no known model/],
    ['half a zip', bytesOf('PK\x03\x04…'), 'malformed', /zip/],
    [
      'an archive in an archive',
      zipOf([['a.zip', zip('a', 'b')]]),
      'unsupported_format',
      /inside an archive/,
    ],
    ["H2O's binary", raw(0x1c, 0xed, 9), 'unsupported_format', /H2O's binary/],
    ['a newer snapshot', bytesOf('{i\x06Config{}i\x05Model{}}'), 'unsupported_format', /snapshot/],
    ['UBJSON of another kind', bytesOf('{i\x01aT}'), 'unsupported_format', /not an XGBoost/],
    ['a snapshot of a booster', bytesOf('CONFIG-offset:\0\0{'), 'unsupported_format', /snapshot/],
    ['PMML', bytesOf('<?xml version="1.0"?><PMML>'), 'unsupported_format', /PMML/],
    ['a POJO', bytesOf('/*\n*/ import hex.genmodel.GenModel;'), 'unsafe', /POJO/],
    ['an MLmodel file', bytesOf('artifact_path: model\nflavors:\n'), 'unsupported_format', /MLmodel/],
    ['CatBoost', bytesOf('CBM1\0\0'), 'unsupported_format', /CatBoost/],
    ['Keras', raw(0x89, 0x48, 0x44, 0x46), 'unsupported_format', /Keras/],
    ['a protobuf whose graph is a number', raw(0x08, 0x07, 0x38, 0x01), 'unsupported_format', /no format/],
    ['a protobuf that is no ONNX', raw(0x08, 0x07, 0x12, 0x01, 0x61), 'unsupported_format', /no format/],
    ['the Spark wrapper', raw(0x00, 0x05, 0x5f), 'unsupported_format', /Spark/],
    ['an XGBoost dump', bytesOf('booster[0]:\n0:[f0<0.5]'), 'unsupported_format', /dump/],
    ['a LightGBM dump', bytesOf({ name: 'tree', tree_info: [] }), 'unsupported_format', /dump_model/],
    ["CatBoost's JSON", bytesOf({ oblivious_trees: [] }), 'unsupported_format', /CatBoost/],
    ['another JSON', bytesOf({ hello: 1 }), 'unsupported_format', /not an XGBoost/],
    ['nothing', raw(), 'unsupported_format', /empty/],
    ['anything else', bytesOf('hello'), 'unsupported_format', /no format/],
  ])('%s', (_, bytes, code, message) => {
    expect(refusal(bytes)).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(refusal(bytes)?.hint.length).toBeGreaterThan(10);
  });
});

const bent = (tree: Partial<typeof stump>) => xgboostBytes({ trees: [xgboostTree({ ...stump, ...tree })] });

describe('an XGBoost model that cannot be trusted is refused', () => {
  test.each([
    [
      'an objective of its own',
      xgboostBytes({ objective: 'custom:mine' }),
      'unsupported_model',
      /custom:mine/,
    ],
    ['an unknown booster', xgboostBytes({ booster: { name: 'other' } }), 'unsupported_model', /booster/],
    ['a future version', xgboostBytes({ version: [4, 0, 0] }), 'unsupported_model', /newer/],
    [
      'vector leaves',
      xgboostBytes({ model: { gbtree_model_param: { size_leaf_vector: '2' } } }),
      'unsupported_model',
      /vector/,
    ],
    ['a cycle', bent({ left: [1, 0, -1], right: [2, 2, -1] }), 'malformed', /twice/],
    ['a shared child', bent({ right: [1, -1, -1] }), 'malformed', /twice/],
    ['a child outside', bent({ right: [9, -1, -1] }), 'malformed', /outside/],
    ['a child that is no index', bent({ right: [1.5, -1, -1] }), 'malformed', /index/],
    ['a feature outside', bent({ feature: [2, 0, 0] }), 'malformed', /feature/],
    ['an infinite threshold', bent({ condition: [1e39, 0, 0] }), 'malformed', /threshold/],
    ['an infinite leaf', bent({ condition: [0.5, 1e39, 0] }), 'malformed', /leaf/],
    ['leaves that overflow', bent({ condition: [0.5, 3.4e38, 3.4e38] }), undefined, /./],
    [
      'leaves that overflow together',
      xgboostBytes({ trees: Array(2).fill(xgboostTree({ ...stump, condition: [0.5, 3e38, 0] })) }),
      'malformed',
      /add up/,
    ],
    ['a negative cover', bent({ cover: [2, -1, 1] }), 'malformed', /cover/],
    ['a column too short', bent({ feature: [0, 0] }), 'malformed', /length/],
    ['text among numbers', bent({ condition: [0.5, 'x', 1] }), 'malformed', /number/],
    ['a missing threshold', bent({ condition: ['', 1, 1] }), 'malformed', /threshold/],
    ['a tree of another output', xgboostBytes({ model: { tree_info: [1] } }), 'malformed', /output/],
    ['names twice', xgboostBytes({ names: ['a', 'a'] }), 'malformed', /same name/],
    ['too few names', xgboostBytes({ names: ['a'] }), 'malformed', /length/],
    ['a base score that is none', xgboostBytes({ parameters: { base_score: 'x' } }), 'malformed', /number/],
    [
      'a probability beyond 1',
      xgboostBytes({ objective: 'binary:logistic', parameters: { base_score: '2' } }),
      'malformed',
      /base score/,
    ],
    ['one class of several', xgboostBytes({ objective: 'multi:softprob' }), 'malformed', /classes/],
    ['half a file', xgboostBytes().subarray(0, 300), 'malformed', /JSON/],
    [
      'bytes that are no text',
      Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      'malformed',
      /JSON/,
    ],
    [
      'letters that XGBoost cut',
      xgboostBytes({
        types: ['c', 'float'],
        model: {
          cats: {
            enc: [
              { offsets: [0, 2], values: [-59, -127] },
              { offsets: [], values: [] },
            ],
          },
        },
      }),
      'unsupported_model',
      /beyond ASCII/,
    ],
  ])('%s', (_, bytes, code, message) => {
    if (code === undefined) expect(refusal(bytes)).toBeUndefined();
    else expect(refusal(bytes)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('NaN in place of a number is refused, in place of a categorical threshold it is not', () => {
    const text = JSON.stringify(xgboostDocument());
    expect(refusal(bytesOf(text.replace('[0.5,-1,2]', '[0.5,NaN,2]')))?.code).toBe('malformed');
    expect(refusal(bytesOf(text.replace('[0.5,-1,2]', '[NaN,-1,2]')))?.code).toBe('malformed');
    const split = { split_type: [1, 0, 0], categories: [0], categories_nodes: [0] };
    const tree = { ...xgboostTree(stump), ...split, categories_segments: [0], categories_sizes: [1] };
    const categorical = JSON.stringify(xgboostDocument({ trees: [tree], types: ['c', 'float'] }));
    expect(refusal(bytesOf(categorical.replace('[0.5,-1,2]', '[NaN,-1,2]')))).toBeUndefined();
  });
});

describe('a LightGBM model that cannot be trusted is refused', () => {
  const tree = (line: Record<string, string>) => bytesOf(lightgbmText({}, line));
  const header = (line: Record<string, string>) => bytesOf(lightgbmText(line));
  test.each([
    ['an unknown objective', header({ objective: 'mystery' }), 'unsupported_model', /mystery/],
    ['a future version', header({ version: 'v5' }), 'unsupported_model', /v5/],
    ['a NaN threshold', tree({ threshold: 'nan' }), 'malformed', /threshold/],
    ['an infinite leaf', tree({ leaf_value: 'inf 2' }), 'malformed', /leaf_value/],
    ['a leaf beyond numbers', tree({ leaf_value: '1e999 2' }), 'malformed', /leaf/],
    ['a shared leaf', tree({ right_child: '-1' }), 'malformed', /twice/],
    ['a cycle', tree({ right_child: '0' }), 'malformed', /twice/],
    ['a leaf outside', tree({ right_child: '-7' }), 'malformed', /outside/],
    ['a split outside', tree({ right_child: '7' }), 'malformed', /outside/],
    ['a feature outside', tree({ split_feature: '2' }), 'malformed', /feature/],
    ['too few leaves', tree({ leaf_value: '1' }), 'malformed', /leaf_value/],
    ['too many leaves', tree({ leaf_value: '1 2 3' }), 'malformed', /leaf_value/],
    ['an unknown decision', tree({ decision_type: '99' }), 'malformed', /decision/],
    [
      'a categorical split without categories',
      tree({ decision_type: '1', threshold: '0' }),
      'malformed',
      /categor/,
    ],
    ['leaves that overflow', tree({ leaf_value: '1e308 -1.7976931348623157e308' }), 'malformed', /add up/],
    ['more names than features', header({ feature_names: 'a b c' }), 'malformed', /feature_names/],
    ['fewer trees than it says', header({ tree_sizes: '300 300' }), 'malformed', /ends before/],
    ['no end', bytesOf(lightgbmText().split('end of trees')[0] ?? ''), 'malformed', /ends before/],
  ])('%s', (_, bytes, code, message) => {
    expect(refusal(bytes)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
