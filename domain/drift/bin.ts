import { fnv1a } from './hash.ts';
import {
  type Answered,
  buckets,
  type CategoricalProfile,
  type FeatureProfile,
  type NumericProfile,
  type Profile,
  partsOf,
  type Raw,
} from './profile.ts';
import { binOf } from './quantiles.ts';
import { isDecimal, nameOf, numberOf } from './values.ts';

export type Binner = (record: Raw, answer: Answered) => Uint8Array;

/**
 * Compiled once per model. Gives the bins of one row, one byte each: the features in the profile's order, then the
 * prediction and the score where the profile has them. Reads raw values; never fails on any of them.
 */
export function binner(profile: Profile): Binner {
  const names = profile.features.map(({ name }) => name);
  const bins = partsOf(profile).map(binOfValue);
  const { prediction, score } = profile;
  const atPrediction = names.length;
  const atScore = bins.length - 1;
  return (record, answer) => {
    const row = new Uint8Array(bins.length);
    // What every object inherits is no number and no text, so such a name is missing like any other.
    for (let i = 0; i < names.length; i++) row[i] = (bins[i] as BinOf)(record[names[i] as string]);
    if (prediction) row[atPrediction] = (bins[atPrediction] as BinOf)(answer.prediction);
    if (score) row[atScore] = (bins[atScore] as BinOf)(answer.probabilities?.[score.positive]);
    return row;
  };
}

type BinOf = (value: unknown) => number;

function binOfValue(feature: FeatureProfile): BinOf {
  const missing = feature.counts.length - 1;
  switch (feature.type) {
    case 'numeric':
      return numericBin(feature, missing);
    case 'categorical':
      return categoryBin(feature, missing);
    case 'hashed':
      return (value) => {
        const name = nameOf(feature.reads, value);
        return name === null ? missing : fnv1a(name) % buckets;
      };
    case 'id':
      return (value) => (nameOf(feature.reads, value) === null ? missing : 0);
  }
}

function numericBin({ edges }: NumericProfile, missing: number): BinOf {
  const limits = Float64Array.from(edges);
  return (value) => {
    const x = numberOf(value);
    return Number.isNaN(x) ? missing : binOf(limits, x);
  };
}

function categoryBin({ reads, categories, others }: CategoricalProfile, missing: number): BinOf {
  const known = new Map(categories.map((category, bin) => [category, bin]));
  const rest = new Set(others);
  const other = categories.length;
  const unseen = other + 1;
  // A sample of decimal texts, 1.0 say, means the number 1 of a request.
  const numbers = new Map<number, number>();
  for (const [category, bin] of known)
    if (isDecimal(category) && !numbers.has(Number(category))) numbers.set(Number(category), bin);
  const byName = (value: unknown): number => {
    const name = nameOf(reads, value);
    if (name === null) return missing;
    const bin = known.get(name);
    if (bin !== undefined) return bin;
    if (rest.size > 0 && rest.has(fnv1a(name))) return other;
    return (typeof value === 'number' ? numbers.get(value) : undefined) ?? unseen;
  };
  if (reads !== 'number') return byName;
  // Numbers need no text where the category is a number.
  return (value) => (typeof value === 'number' ? numbers.get(value) : undefined) ?? byName(value);
}
