/**
 * The one shape every format is read into: plain data and typed arrays, validated before it leaves its
 * reader.
 */
export type Ir = {
  format: 'xgboost' | 'lightgbm';
  formatVersion: string;
  algo: 'XGBoost' | 'LightGBM';
  objective: string;
  features: Feature[];
  output: Output;
  core: Trees | Linear;
  contributions: Capability;
};

/** In the model's own input order. A category without levels takes numeric codes. */
export type Feature = { name: string; kind: 'number' | 'category'; levels?: string[] };

/** `kind` completes "Contributions are not available for <kind> models". */
export type Capability = { available: true } | { available: false; kind: string };

export type Link = 'identity' | 'logistic' | 'softmax' | 'exp' | 'log1pExp' | 'signedSquare' | 'step';

export type Output = {
  kind: 'binomial' | 'multinomial' | 'regression';
  /** Only classifiers have classes. */
  classes: string[];
  link: Link;
  /** The margin is multiplied by it before the link. */
  scale: number;
  /** Answers to one row: more than one only for models trained on several targets. */
  targets: number;
  /** The margin is divided by it before the link; random forests that average. */
  divisor: number;
};

/**
 * All trees in flat arrays. The two children of a node are neighbours: the left one at `left`, the right one
 * after it.
 * A row goes right when `x >= threshold`, or when the table byte of its category is 1.
 */
export type Trees = {
  type: 'trees';
  /**
   * Rows are rounded to this before they are compared, and leaves are added in that precision, in tree order.
   */
  compare: 'f32' | 'f64';
  sum: 'f32' | 'f64';
  base: Float64Array;
  /** Old XGBoost adds the base margin after the leaves, newer ones before: the rounding differs. */
  baseLast: boolean;
  depth: number;
  root: Int32Array;
  outputOf: Int32Array;
  kind: Uint8Array;
  /** −1 in a leaf. */
  feature: Int32Array;
  threshold: Float64Array;
  left: Int32Array;
  missingRight: Uint8Array;
  /** The table of a category node, the linear terms of a leaf, or −1. */
  table: Int32Array;
  leaf: Float64Array;
  cover: Float64Array;
  /** Table i: one byte per code, then one for codes out of range, one for missing. */
  tableStart: Int32Array;
  tables: Uint8Array;
  /** Leaves that are linear functions; without a leaf of this kind there are none. */
  terms: Terms | null;
};

export const nodeKind = { leaf: 0, number: 1, category: 2, zeroIsMissing: 3 } as const;

export type Terms = {
  start: Int32Array;
  constant: Float64Array;
  feature: Int32Array;
  coefficient: Float64Array;
};

/** Weights by feature, then output, as XGBoost's gblinear keeps them; the bias of each output beside them. */
export type Linear = {
  type: 'linear';
  compare: 'f32';
  weights: Float64Array;
  bias: Float64Array;
  base: Float64Array;
};

export const outputsOf = (output: Output): number =>
  output.kind === 'multinomial' ? output.classes.length : output.targets;
