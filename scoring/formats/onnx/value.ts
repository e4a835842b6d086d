import type { Link, Trees } from '../../ir.ts';

export type ElementType = 'single' | 'double' | 'whole' | 'truth' | 'text';

/** A tensor of one row while the graph is read. */
export type Value = {
  type: ElementType;
  shape: readonly number[];
  /** The node of our graph that holds it; −1 where it is only known, not computed: texts and labels. */
  node: number;
  /** Which feature each of its values is, unchanged; null where they are not. */
  features: Int32Array | null;
  constant: Float64Array | null;
  texts: readonly string[] | null;
  label: Label | null;
  scores: Scores | null;
};

/** The class with the largest score. */
type Label = { classes: readonly string[] | null; of: Value };

/** What is known of the scores of a classifier, beside their values. */
export type Scores = {
  /** Names of the columns; null where only their number is known. */
  classes: readonly string[] | null;
  /** Their values are distances or votes, not probabilities. */
  raw: boolean;
  /** Each class has a score of its own: two of them need not add up to 1. */
  apart: boolean;
  /** The whole model, if it ends here, as trees over its features. */
  ensemble: Ensemble | null;
};

/** `columns`: which feature each column of the trees is. */
export type Ensemble = { trees: Trees; columns: Int32Array; link: Link; divisor: number };

export const valueWith = (
  type: ElementType,
  shape: readonly number[],
  node: number,
  more: Partial<Value> = {},
): Value => ({
  type,
  shape,
  node,
  features: null,
  constant: null,
  texts: null,
  label: null,
  scores: null,
  ...more,
});
