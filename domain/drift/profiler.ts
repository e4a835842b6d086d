import { profileFeature, profileLabels, profileNumbers, withoutNames } from './binFeature.ts';
import { type Column, halve, numberColumn, put, textColumn } from './columns.ts';
import {
  type Answered,
  type FeatureProfile,
  mostFeatures,
  type Profile,
  type Raw,
  type Source,
} from './profile.ts';

/** A feature of a model's schema. One with `values`, or declared so, is a category whatever its type. */
export type Described = {
  name: string;
  type: 'number' | 'integer' | 'boolean' | 'string';
  values?: readonly string[];
  categorical?: boolean;
};

export type Settings = {
  source: Source;
  problem: 'binary' | 'multiclass' | 'regression' | 'anomaly';
  /** Of binary models: the class whose probability is the score. */
  positive?: string;
  /** Features whose categories must be neither stored nor named: their missing share is all that is kept. */
  unnamed?: readonly string[];
};

export type Sampled = { record: Raw; answer?: Answered };

export type Profiler = { add(row: Sampled): void; profile(): Profile };

/** Values that are held at once: 64 MB of numbers. */
const mostValues = 8_000_000;
const mostRows = 100_000;

/** The profile of a sample of training rows, each with the model's own answer to it. */
export function profileOf(
  rows: Iterable<Sampled>,
  features: readonly Described[],
  settings: Settings,
): Profile {
  const { add, profile } = profiler(features, settings);
  for (const row of rows) add(row);
  return profile();
}

/**
 * Takes a sample row by row. Of more rows than can be held (100,000; fewer beyond 80 features) it keeps every
 * second, fourth, … one, so memory is bounded and the rows kept are spread evenly.
 */
export function profiler(
  described: readonly Described[],
  settings: Settings,
  most = limit(described),
): Profiler {
  const features = described.slice(0, mostFeatures);
  const columns = features.map(columnOf);
  const labels = settings.problem === 'binary' || settings.problem === 'multiclass';
  const predictions = labels ? textColumn('text') : numberColumn();
  const scores = numberColumn();
  const { positive } = settings;
  const all: Column[] = [...columns, predictions, scores];
  let read = 0;
  let rows = 0;
  let stride = 1;

  function keep({ record, answer }: Sampled): void {
    for (let i = 0; i < features.length; i++)
      put(columns[i] as Column, rows, record[(features[i] as Described).name]);
    put(predictions, rows, answer?.prediction);
    put(scores, rows, positive === undefined ? undefined : answer?.probabilities?.[positive]);
    rows++;
  }

  return {
    add(row) {
      if (read++ % stride !== 0) return;
      if (rows === most) {
        for (const column of all) halve(column, rows);
        rows /= 2;
        stride *= 2;
      }
      keep(row);
    },
    profile() {
      const hidden = new Set(settings.unnamed);
      const bins = features.map(({ name }, i): FeatureProfile => {
        const feature = profileFeature(name, columns[i] as Column, rows);
        return hidden.has(name) ? withoutNames(feature) : feature;
      });
      const prediction =
        predictions.kind === 'text'
          ? profileLabels('prediction', predictions, rows)
          : profileNumbers('prediction', predictions, rows);
      const deciles = profileNumbers('score', scores, rows);
      return {
        version: 1,
        source: settings.source,
        rows,
        read,
        features: bins,
        unbinned: described.slice(mostFeatures).map(({ name }) => name),
        prediction: isEmpty(prediction) ? null : prediction,
        score: positive === undefined || isEmpty(deciles) ? null : { positive, bins: deciles },
      };
    },
  };
}

/** Even, so that halving keeps the rows evenly spread. */
const limit = (features: readonly Described[]) =>
  2 * Math.floor(Math.min(mostRows, mostValues / Math.min(features.length + 1, mostFeatures)) / 2);

function columnOf({ type, values, categorical = values !== undefined }: Described): Column {
  if (type === 'boolean' || type === 'string') return textColumn(type === 'boolean' ? 'boolean' : 'text');
  return categorical ? textColumn('number') : numberColumn();
}

const isEmpty = ({ counts }: FeatureProfile) => counts.slice(0, -1).every((count) => count === 0);
