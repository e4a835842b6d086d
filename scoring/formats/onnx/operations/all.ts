import type { Lower } from '../call.ts';
import { argMax, each, gemm, matMul, pair, softmax, sum } from './arithmetic.ts';
import { classifier } from './classifiers.ts';
import { labelEncoder } from './labels.ts';
import { linearClassifier, linearRegressor } from './linear.ts';
import {
  cast,
  concat,
  constant,
  extract,
  flatten,
  gather,
  identity,
  reshape,
  squeeze,
  unsqueeze,
  zipMap,
} from './moves.ts';
import { imputer, normalizer, oneHotEncoder, scaler } from './preparation.ts';
import { newestEnsemble, regressor } from './regressors.ts';

const onnx = new Map<string, Lower>([
  ['Add', pair('add')],
  ['ArgMax', argMax],
  ['Cast', cast],
  ['Concat', concat],
  ['Constant', constant],
  ['Div', pair('divide')],
  ['Exp', each('exp')],
  ['Flatten', flatten],
  ['Gather', gather],
  ['Gemm', gemm],
  ['Identity', identity],
  ['MatMul', matMul],
  ['Mul', pair('multiply')],
  ['Relu', each('relu')],
  ['Reshape', reshape],
  ['Sigmoid', each('logistic')],
  ['Softmax', softmax],
  ['Squeeze', squeeze],
  ['Sub', pair('subtract')],
  ['Sum', sum],
  ['Tanh', each('tanh')],
  ['Unsqueeze', unsqueeze],
]);

const learning = new Map<string, Lower>([
  ['ArrayFeatureExtractor', extract],
  ['Imputer', imputer],
  ['LabelEncoder', labelEncoder],
  ['LinearClassifier', linearClassifier],
  ['LinearRegressor', linearRegressor],
  ['Normalizer', normalizer],
  ['OneHotEncoder', oneHotEncoder],
  ['Scaler', scaler],
  ['TreeEnsemble', newestEnsemble],
  ['TreeEnsembleClassifier', classifier],
  ['TreeEnsembleRegressor', regressor],
  ['ZipMap', zipMap],
]);

/** Every operation that is scored, by its domain. */
export const operations: ReadonlyMap<string, ReadonlyMap<string, Lower>> = new Map([
  ['', onnx],
  ['ai.onnx.ml', learning],
]);
