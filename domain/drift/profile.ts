import type { Reads } from './values.ts';

/**
 * The frozen baseline of a model, made once from a sample of its training data: plain JSON, no raw row in it. The
 * counts of a feature are, in this order: one per bin, for a category also `other` and `new`, and `missing` last.
 */
export type Profile = {
  version: 1;
  source: Source;
  /** Counted in this profile. */
  rows: number;
  /** Of the sample: more than `rows` where it was too large to be counted whole. */
  read: number;
  /** In the model's order. */
  features: FeatureProfile[];
  /** Names of features that are not binned: there are too many. */
  unbinned: string[];
  /** Null where the sample came without predictions. */
  prediction: Exclude<FeatureProfile, IdProfile> | null;
  /** Of binary models: which class has the score, and its deciles. */
  score: { positive: string; bins: NumericProfile } | null;
};

export type Source = 'sample' | 'first_rows';

export type FeatureProfile = NumericProfile | CategoricalProfile | HashedProfile | IdProfile;

type Common = { name: string; reads: Reads; counts: number[] };

/** Bin = number of edges ≤ x. `means` are those within the bins; `sigma` has divisor n. */
export type NumericProfile = Common & { type: 'numeric'; edges: number[]; means: number[]; sigma: number };

/** `others` are hashes of the names known beyond the most frequent ones. */
export type CategoricalProfile = Common & { type: 'categorical'; categories: string[]; others: number[] };

/** Hash of the name, modulo the number of buckets. */
export type HashedProfile = Common & { type: 'hashed' };

/** Not monitored: its counts are those present and those missing. */
export type IdProfile = Common & { type: 'id' };

/** A record as it came out of JSON, and what the model made of it. */
export type Raw = Readonly<Record<string, unknown>>;
export type Answered = { prediction: string | number; probabilities?: Readonly<Record<string, number>> };

export const buckets = 50;

/** More features are not binned, and listed. */
export const mostFeatures = 500;

/** All bins of one byte position, in the order of the binner: the features, the prediction, the score. */
export function partsOf(profile: Profile): FeatureProfile[] {
  const { features, prediction, score } = profile;
  return [...features, ...(prediction ? [prediction] : []), ...(score ? [score.bins] : [])];
}
