import { buckets, type FeatureProfile, mostFeatures, type Profile } from './profile.ts';

/**
 * What was stored as a profile, parsed from JSON; undefined if it is none of this version, or does not agree with
 * itself: bins taken against it would be wrong in silence. Checked by hand, for it runs where predictions start.
 */
export function readProfile(value: unknown): Profile | undefined {
  return isProfile(value) ? value : undefined;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash: Check = (value) => isCount(value) && (value as number) < 2 ** 32;

const listOf = (value: unknown, is: Check, length?: number): boolean =>
  Array.isArray(value) && (length === undefined || value.length === length) && value.every(is);

function isProfile(value: unknown): value is Profile {
  if (!isFields(value) || value.version !== 1) return false;
  const { source, rows, read, features, unbinned, prediction, score } = value;
  return (
    (source === 'sample' || source === 'first_rows') &&
    isCount(rows) &&
    isCount(read) &&
    listOf(features, isFeature) &&
    (features as unknown[]).length <= mostFeatures &&
    listOf(unbinned, isText) &&
    (prediction === null || (isFeature(prediction) && (prediction as FeatureProfile).type !== 'id')) &&
    (score === null || isScore(score))
  );
}

const isScore: Check = (score) =>
  isFields(score) &&
  isText(score.positive) &&
  isFeature(score.bins) &&
  (score.bins as FeatureProfile).type === 'numeric';

const isFeature: Check = (feature) =>
  isFields(feature) &&
  isText(feature.name) &&
  (feature.reads === 'number' || feature.reads === 'boolean' || feature.reads === 'text') &&
  hasBins(feature);

function hasBins(feature: Fields): boolean {
  const { type, counts } = feature;
  switch (type) {
    case 'numeric':
      return hasEdges(feature);
    case 'categorical': {
      const { categories, others } = feature;
      if (!listOf(categories, isText) || !listOf(others, isHash)) return false;
      const { length } = categories as unknown[];
      return length < 250 && listOf(counts, isCount, length + 3);
    }
    case 'hashed':
      return listOf(counts, isCount, buckets + 1);
    case 'id':
      return listOf(counts, isCount, 2);
    default:
      return false;
  }
}

function hasEdges({ edges, means, sigma, counts }: Fields): boolean {
  if (!listOf(edges, isNumber) || !isNumber(sigma)) return false;
  const ascending = (edges as number[]).every((edge, i, all) => i === 0 || edge > (all[i - 1] as number));
  const { length } = edges as number[];
  return (
    ascending && length < 250 && listOf(means, isNumber, length + 1) && listOf(counts, isCount, length + 2)
  );
}
