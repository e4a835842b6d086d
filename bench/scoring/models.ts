type Library = 'xgboost' | 'lightgbm' | 'sklearn' | 'h2o';

/** A model of `bench/peers`: its files by who reads them. */
export type Benched = {
  name: string;
  library: Library;
  /** What is registered here. */
  ours: string;
  /** What the library that trained it loads. */
  own: string;
  onnx?: string;
  rows: 'missing.f32' | 'full.f32';
};

const missing = { rows: 'missing.f32' } as const;
const full = { rows: 'full.f32' } as const;

export const benched: readonly Benched[] = [
  {
    ...{ name: 'XGBoost 100 × depth 6', library: 'xgboost', ...missing },
    ...{ ours: 'xgb100d6.ubj', own: 'xgb100d6.ubj', onnx: 'xgb100d6.onnx' },
  },
  {
    ...{ name: 'XGBoost 500 × depth 8', library: 'xgboost', ...missing },
    ...{ ours: 'xgb500d8.ubj', own: 'xgb500d8.ubj', onnx: 'xgb500d8.onnx' },
  },
  {
    ...{ name: 'LightGBM 100 × 31 leaves', library: 'lightgbm', ...full },
    ...{ ours: 'lgb100x31.txt', own: 'lgb100x31.txt', onnx: 'lgb100x31.onnx' },
  },
  {
    ...{ name: 'LightGBM 500 × 127 leaves', library: 'lightgbm', ...full },
    ...{ ours: 'lgb500x127.txt', own: 'lgb500x127.txt', onnx: 'lgb500x127.onnx' },
  },
  {
    ...{ name: 'scikit-learn histogram boosting 100 × 31 leaves', library: 'sklearn', ...full },
    ...{ ours: 'hgb100x31.skops', own: 'hgb100x31.pickle', onnx: 'hgb100x31.onnx' },
  },
  {
    ...{ name: 'scikit-learn random forest 100 × depth 10', library: 'sklearn', ...full },
    ...{ ours: 'forest100d10.skops', own: 'forest100d10.pickle', onnx: 'forest100d10.onnx' },
  },
  {
    ...{ name: 'H2O GBM 100 × depth 6', library: 'h2o', ...missing },
    ...{ ours: 'gbm100d6.zip', own: 'gbm100d6.zip' },
  },
  {
    ...{ name: 'H2O random forest 50 × depth 12', library: 'h2o', ...missing },
    ...{ ours: 'drf50d12.zip', own: 'drf50d12.zip' },
  },
  {
    ...{ name: 'H2O XGBoost 100 × depth 6', library: 'h2o', ...missing },
    ...{ ours: 'h2oxgb100d6.zip', own: 'h2oxgb100d6.zip' },
  },
];
