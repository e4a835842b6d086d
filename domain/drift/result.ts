import { bandOf, bounds, leastRows, type Status } from './bands.ts';
import { type FeatureDrift, featureDrift } from './feature.ts';
import { type Profile, partsOf, type Source } from './profile.ts';
import { defaultFloor } from './psi.ts';
import type { WindowCounts } from './window.ts';

/** The result of one window, as it is stored and answered; times are given, not taken. */
export type DriftResult = Summary & {
  overall_status: Status;
  features: Record<string, FeatureDrift>;
  /** Names of features that count for nothing above: ids, ignored ones, and those beyond the most that are binned. */
  not_monitored: string[];
  /** Null where the baseline has no predictions. */
  prediction: PredictionDrift | null;
  baseline: { source: Source; rows: number; created_at: string };
  window: { from: string; to: string };
  floor: number;
  /** Rows in the window. */
  inference_rows: number;
};

type PredictionDrift = FeatureDrift & {
  /** Of binary models: the PSI of the positive class's score. */
  score_psi: number | null;
};

/** Null where no feature is monitored. */
export type Summary = { mean_psi: number | null; max_psi: number | null; drifted_share: number | null };

export type DriftSettings = {
  created_at: string;
  window: { from: string; to: string };
  /** Share that takes the place of an empty bin's. */
  floor?: number;
  ignore?: readonly string[];
  /** Names seen in the window that the baseline lacks, by feature, from what was stored of the inputs. */
  newCategories?: ReadonlyMap<string, readonly string[]>;
  withBins?: boolean;
};

/** The drift of a window against the baseline of the model. Cost: features × bins, whatever the number of rows. */
export function driftOf(profile: Profile, live: WindowCounts, settings: DriftSettings): DriftResult {
  const { created_at, window, floor = defaultFloor, withBins, newCategories } = settings;
  const ignored = new Set(settings.ignore);
  const drifts = partsOf(profile).map((part, i) => {
    const isFeature = i < profile.features.length;
    const named = isFeature ? newCategories?.get(part.name) : undefined;
    return featureDrift(part, live.counts[i] ?? [], { floor, withBins, newCategories: named });
  });
  const features = profile.features.map(({ name }, i) => [name, drifts[i] as FeatureDrift] as const);
  const monitored = features.filter(([name, { type }]) => type !== 'id' && !ignored.has(name));
  const watched = new Set(monitored.map(([name]) => name));
  const summary = summaryOf(monitored.map(([, { psi }]) => psi));
  const predicted = profile.prediction ? drifts[profile.features.length] : undefined;
  const score = profile.score ? drifts.at(-1) : undefined;
  return {
    overall_status: overallOf(summary, live.rows),
    ...summary,
    // Names are data: `__proto__` becomes a field like any other.
    features: Object.fromEntries(features),
    not_monitored: [
      ...profile.features.map(({ name }) => name).filter((name) => !watched.has(name)),
      ...profile.unbinned,
    ],
    prediction: predicted ? { ...predicted, score_psi: score?.psi ?? null } : null,
    baseline: { source: profile.source, rows: profile.rows, created_at },
    window,
    floor,
    inference_rows: live.rows,
  };
}

export function summaryOf(psis: readonly number[]): Summary {
  if (psis.length === 0) return { mean_psi: null, max_psi: null, drifted_share: null };
  return {
    mean_psi: psis.reduce((sum, psi) => sum + psi, 0) / psis.length,
    max_psi: Math.max(...psis),
    drifted_share: psis.filter((psi) => psi >= bounds.moderate).length / psis.length,
  };
}

/** By the mean, not by the largest: that one has a field of its own. */
export const overallOf = ({ mean_psi }: Summary, rows: number): Status =>
  rows < leastRows || mean_psi === null ? 'insufficient_data' : bandOf(mean_psi);
