/**
 * The one shape every format is read into: plain data and typed arrays, validated before it leaves its
 * reader.
 *
 * record → row (one number per feature: a value or a level's code, NaN is missing) → encoding (the columns that
 * the core sees) → core → margins, one per output → output (link, label).
 */
export type Ir = {
  format: Format;
  formatVersion: string;
  /** The library's own word: GBM, XGBoost, RandomForestClassifier. */
  algo: string;
  objective: string;
  features: Feature[];
  /** The columns that the core sees; null where it sees the features themselves. */
  encoding: Slot[] | null;
  core: Core;
  output: Output;
  contributions: Capability;
};

type Format = 'mojo' | 'xgboost' | 'lightgbm' | 'onnx' | 'skops';

/** In the model's own input order. A category without levels takes numeric codes. */
export type Feature = {
  name: string;
  kind: 'number' | 'category';
  levels?: string[];
  /** H2O: a value that is no level is looked up once more as `prefix` and the value. */
  prefix?: string;
  /** No rule of the model says what a missing value is: it is refused. */
  required?: true;
  /** A level never seen is not missing: its code is the number of levels. */
  other?: true;
};

/**
 * One column that the core sees, made of one feature. `missing` is its value where the feature is missing; NaN
 * stays missing.
 */
export type Slot =
  /**
   * `(x − subtract) · multiply ÷ divide + add`, in that order; `zero` is its value where x, in the core's
   * precision, is 0.
   */
  | {
      kind: 'number';
      feature: number;
      subtract: number;
      multiply: number;
      divide: number;
      add: number;
      missing: number;
      zero?: number;
    }
  /** A category's code looked up; `other` is the value of every code beyond the list. */
  | { kind: 'lookup'; feature: number; values: number[]; other: number; missing: number }
  /** One level of a one-hot encoding: `hot` where the code is this one, else `cold`. */
  | { kind: 'hot'; feature: number; code: number; hot: number; cold: number; missing: number };

/** `kind` completes "Contributions are not available for <kind> models". */
export type Capability = { available: true; rescale?: Rescale } | { available: false; kind: string };

/**
 * H2O's random forests: every entry v that is not 0, the bias included, becomes v ÷ trees, or `from` − v ÷ trees.
 */
export type Rescale = { trees: number; from: number | null };

export type Link =
  | 'identity'
  | 'logistic'
  | 'softmax'
  | 'exp'
  | 'log1pExp'
  | 'signedSquare'
  | 'step'
  /** H2O: exp, at most 1e19. */
  | 'expCapped'
  /** H2O's XGBoost: an exponential in single precision. */
  | 'expSingle'
  /** H2O: 1 ÷ x, x kept 1e-5 away from 0. */
  | 'inverse'
  /** H2O GLM: max(2e-16, e^x) if `power` is 0, else x^(1 ÷ power). */
  | 'tweedie'
  /** H2O's XGBoost: in single-precision steps. */
  | 'logisticSingle'
  | 'softmaxSingle'
  /** H2O GLM: the largest margin that is subtracted is at least 0. */
  | 'softmaxFromZero'
  /** The margins are cumulative log-odds; as many classes as margins and one more. */
  | 'ordinal'
  /** H2O's random forests: the margin is the probability of the first class. */
  | 'complement'
  /** The margins are shares: each is divided by their sum. */
  | 'normalise'
  | 'probit'
  /** ONNX: a softmax in which a margin of exactly 0 stays 0. */
  | 'softmaxZero'
  /** Isolation forest: (longest − margin) ÷ (longest − shortest), from `path`. */
  | 'pathLength'
  /** Extended isolation forest: 2^(−margin ÷ trees ÷ `path.longest`). */
  | 'isolation';

export type Output = {
  kind: 'binomial' | 'multinomial' | 'ordinal' | 'regression' | 'anomaly';
  /** Only classifiers have classes. */
  classes: string[];
  link: Link;
  /** The margin is multiplied by it before the link. */
  scale: number;
  /** Answers to one row: more than one only for models trained on several targets. */
  targets: number;
  /** The margin is divided by it before the link; random forests that average. */
  divisor: number;
  /** Binomial: the second class iff p1 ≥ threshold. Without one: iff p1 > 0.5. */
  threshold?: number;
  /** Of link tweedie. */
  power?: number;
  /** Anomalies: path lengths over all trees, how many trees, and the score above which a row is anomalous. */
  path?: { longest: number; shortest: number; trees: number; threshold?: number };
  /** H2O's balance_classes: each probability is multiplied by prior ÷ model, then they are normalised. */
  priors?: { prior: number[]; model: number[] };
  /** H2O multinomial: how equal largest probabilities are told apart (its prior class distribution). */
  ties?: number[];
  calibration?: Calibration;
};

/** Calibrated probabilities stand beside the others; the label comes from the others. */
export type Calibration =
  | { kind: 'platt'; slope: number; intercept: number }
  | { kind: 'isotonic'; x: number[]; y: number[]; smallest: number; largest: number };

export type Core = Trees | Linear | Network | Isolation | Stack | Graph;

/**
 * All trees in flat arrays. The two children of a node are neighbours: the left one at `left`, the right one
 * after it.
 * A row goes right when `x >= threshold`, or when the table byte of its category is 1.
 */
export type Trees = {
  type: 'trees';
  /**
   * Rows are rounded to `compare` before they are compared; leaves are added in `sum`, in tree order.
   */
  compare: 'f32' | 'f64';
  sum: 'f32' | 'f64';
  base: Float64Array;
  /** Old XGBoost adds the base margin after the leaves, newer ones before: the rounding differs. */
  baseLast: boolean;
  /** How the leaves of an output become its margin. Without it they are added. */
  combine?: 'smallest' | 'largest';
  depth: number;
  root: Int32Array;
  outputOf: Int32Array;
  kind: Uint8Array;
  /** −1 in a leaf; else a column that the core sees. */
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

/** Weights by column, then output, as XGBoost's gblinear keeps them; the bias of each output beside them. */
export type Linear = {
  type: 'linear';
  /** Columns are rounded to it, and products are added in it. */
  compare: 'f32' | 'f64';
  weights: Float64Array;
  bias: Float64Array;
  base: Float64Array;
};

/** A feed-forward network, H2O's DeepLearning: weights in single precision, arithmetic in double. */
export type Network = {
  type: 'network';
  compare: 'f64';
  layers: Layer[];
  /** The outputs of a regression, back in the units of the response: value ÷ multiply + subtract. */
  response: { multiply: number; subtract: number } | null;
};

export type Layer = {
  inputs: number;
  units: number;
  activation: 'rectifier' | 'tanh' | 'expRectifier' | 'maxout' | 'identity';
  /** What a unit's output is multiplied by: 1 − the dropout ratio of its layer. */
  keep: number;
  /** Unit by unit, `inputs` each; maxout has two in place of each: weight k + 2 · (unit · inputs + column). */
  weights: Float64Array;
  bias: Float64Array;
};

/** An extended isolation forest: a row goes left where (row − point) · normal ≤ 0. */
export type Isolation = {
  type: 'isolation';
  compare: 'f64';
  root: Int32Array;
  /** −1 in a leaf; the right child follows the left one. */
  left: Int32Array;
  /** Per node, `features` each. */
  normal: Float64Array;
  point: Float64Array;
  /** Path length that ends in this leaf: its depth and what its training rows would have added. */
  length: Float64Array;
};

/** Base models' answers are the row of a metalearner. */
export type Stack = {
  type: 'stack';
  compare: 'f64';
  bases: Base[];
  /** Probabilities become log-odds first: clipped to [1e-9, 1 − 1e-9], at least −19. */
  transform: 'none' | 'logit';
  meta: Ir;
};

/** `columns[i]`: which feature of the stack is feature i of this base. No model: H2O left it out, its inputs are 0. */
export type Base = { model: Ir | null; columns: Int32Array; answers: 'p1' | 'all' | 'value'; width: number };

/**
 * An ONNX graph that is more than one ensemble of trees, written as operations on the values of one row: each node
 * is one list of numbers, made of the lists of nodes before it. Texts are codes, shapes are settled.
 */
export type Graph = {
  type: 'graph';
  /** f32 where all inputs come in single precision; else the nodes round what has to be rounded. */
  compare: 'f32' | 'f64';
  nodes: GraphNode[];
  /** The node that holds the margins, and where in it each margin is. */
  result: number;
  margins: Int32Array;
};

export type GraphNode = {
  op: GraphOp;
  /** Nodes before this one. */
  inputs: number[];
  /** How many values it has. */
  size: number;
  /** Its values are rounded to single precision. */
  single: boolean;
  attributes: { [name: string]: GraphValue };
};

export type GraphValue = number | Int32Array | Float64Array | Trees;

/** What each does, and which attributes it has, is said in evaluate/graph/. */
export type GraphOp =
  | 'row'
  | 'constant'
  | 'pick'
  | 'member'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'whole'
  | 'truth'
  | 'relu'
  | 'tanh'
  | 'exp'
  | 'logistic'
  | 'probit'
  | 'softmax'
  | 'softmaxZero'
  | 'normalise'
  | 'largest'
  | 'product'
  | 'impute'
  | 'lookup'
  | 'lookupCode'
  | 'hot'
  | 'trees';

const acrossMargins: ReadonlySet<Link> = new Set([
  'softmax',
  'softmaxSingle',
  'softmaxFromZero',
  'softmaxZero',
  'normalise',
]);

/** How many margins a row has; two classes have two where the link makes one row of them. */
export const outputsOf = ({ kind, classes, link, targets }: Output): number => {
  if (kind === 'multinomial') return classes.length;
  if (kind === 'ordinal') return classes.length - 1;
  return kind === 'binomial' && acrossMargins.has(link) ? 2 : targets;
};
