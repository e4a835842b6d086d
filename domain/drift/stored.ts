import type { FeatureDrift } from './feature.ts';
import type { Profile } from './profile.ts';
import { type DriftResult, type DriftSettings, driftOf } from './result.ts';
import type { WindowCounts } from './window.ts';

/** A result as it is kept: without the bins of the baseline, which lie with the model. */
export type StoredDrift = Omit<DriftResult, 'baseline'> & {
  /** Null where the model has no baseline yet. */
  baseline: DriftResult['baseline'] | null;
  computed_at: string;
  /** Not all that was logged before it was asked for had been counted. */
  partial?: true;
  /** Rows that nobody can bin: they were logged before there was a baseline, and without inputs. */
  left_out?: number;
  /** Rows of the window by bin, part by part of the profile. */
  counts: number[][];
};

export type Settings = DriftSettings & { computed_at: string; partial: boolean; left_out?: number };

/** What is kept of a window against a baseline. */
export const storedOf = (profile: Profile, live: WindowCounts, settings: Settings): StoredDrift => ({
  ...driftOf(profile, live, settings),
  ...times(settings),
  counts: live.counts,
});

/** What is kept where there is nothing to compare with: how many rows there were. */
export const withoutBaseline = (
  rows: number,
  settings: Pick<Settings, 'window' | 'computed_at' | 'partial'>,
  floor: number,
): StoredDrift => ({
  overall_status: 'insufficient_data',
  ...{ mean_psi: null, max_psi: null, drifted_share: null },
  features: {},
  not_monitored: [],
  prediction: null,
  baseline: null,
  window: settings.window,
  floor,
  inference_rows: rows,
  ...times(settings),
  counts: [],
});

const times = ({
  computed_at,
  partial,
  left_out = 0,
}: Pick<Settings, 'computed_at' | 'partial' | 'left_out'>) => ({
  computed_at,
  ...(partial && { partial: true as const }),
  ...(left_out > 0 && { left_out }),
});

/** A kept result as callers see it. */
export const shown = (deployment_id: string, { counts: _, ...result }: StoredDrift) => ({
  deployment_id,
  ...result,
});

/** A deployment without any result yet. */
export const notYet = (deployment_id: string) => ({
  deployment_id,
  overall_status: null,
  features: {},
  computed_at: null,
  inference_rows: 0,
});

/** The same result with the counts of both sides, bin by bin. */
export function withBins(stored: StoredDrift, profile: Profile): StoredDrift {
  const live = { rows: stored.inference_rows, counts: stored.counts };
  const { window, floor, baseline } = stored;
  const created_at = baseline?.created_at ?? '';
  const told = driftOf(profile, live, { created_at, window, floor, withBins: true });
  const added = <T extends FeatureDrift>(to: T, from: FeatureDrift | null | undefined): T =>
    from?.bins ? { ...to, bins: from.bins } : to;
  return {
    ...stored,
    features: Object.fromEntries(
      Object.entries(stored.features).map(([name, drift]) => [name, added(drift, told.features[name])]),
    ),
    prediction: stored.prediction && added(stored.prediction, told.prediction),
  };
}

/** What the job of a computation tells. */
export const summary = ({ counts: _, features: __, prediction: ___, ...rest }: StoredDrift) => rest;

/** What is told of a result long after, for lines over time. */
export type DriftPoint = Pick<
  StoredDrift,
  'computed_at' | 'overall_status' | 'mean_psi' | 'max_psi' | 'drifted_share' | 'inference_rows'
> & {
  /** Of each feature. */
  psi: Record<string, number>;
  /** Features whose PSI is more than chance, and those that count for nothing above; older points do not tell. */
  above_noise?: string[];
  not_monitored?: string[];
};

export const pointOf = (stored: StoredDrift): DriftPoint => {
  const { computed_at, overall_status, mean_psi, max_psi, drifted_share, inference_rows } = stored;
  const features = Object.entries(stored.features);
  return {
    ...{ computed_at, overall_status, mean_psi, max_psi, drifted_share, inference_rows },
    psi: Object.fromEntries(features.map(([name, { psi }]) => [name, psi] as const)),
    above_noise: features.flatMap(([name, { above_noise }]) => (above_noise ? [name] : [])),
    not_monitored: stored.not_monitored,
  };
};
