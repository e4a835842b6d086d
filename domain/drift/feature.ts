import { type Status, statusOf } from './bands.ts';
import { js, ks, wasserstein } from './distances.ts';
import { boundOfFew } from './fewRows.ts';
import { noiseBound } from './noise.ts';
import type { FeatureProfile } from './profile.ts';
import { defaultFloor, occupied, psi, total } from './psi.ts';

/** What is told of one feature, or of the predictions. Shares are 0…1; null is not defined for this type or window. */
export type FeatureDrift = {
  psi: number;
  status: Status;
  type: FeatureProfile['type'];
  /** Live rows judged. */
  n: number;
  noise_p999: number | null;
  /** Above that bound and, where bins hold few rows, above what they still reach by chance. */
  above_noise: boolean;
  missing: { baseline: number; live: number };
  new_share: number | null;
  new_categories: string[];
  ks: number | null;
  js: number | null;
  /** In standard deviations of the baseline. */
  wasserstein: number | null;
  bins?: ShownBins;
};

/** Both sides' counts, bin by bin; of numbers with the edges between, of categories with their names. */
type ShownBins = { baseline: number[]; live: number[]; edges?: number[]; categories?: string[] };

export type Telling = { floor?: number; newCategories?: readonly string[]; withBins?: boolean };

const mostNewNames = 10;
const longestName = 64;

export function featureDrift(
  feature: FeatureProfile,
  live: readonly number[],
  { floor = defaultFloor, newCategories = [], withBins = false }: Telling = {},
): FeatureDrift {
  const { type, counts } = feature;
  const n = total(live);
  const index = psi(counts, live, floor);
  const noise = noiseBound(total(counts), n, occupied(counts, live));
  const named = type === 'categorical' ? newCategories : [];
  return {
    psi: index,
    status: statusOf(index, n),
    type,
    n,
    noise_p999: noise,
    above_noise: noise !== null && index > noise && index > (boundOfFew(counts, n, floor) ?? 0),
    missing: { baseline: share(counts, -1), live: share(live, -1) },
    new_share: type === 'categorical' ? share(live, -2) : null,
    new_categories: [...new Set(named.map(shortened))].slice(0, mostNewNames),
    js: js(counts, live),
    ...ordered(feature, live),
    ...(withBins && { bins: shownBins(feature, live) }),
  };
}

function share(counts: readonly number[], bin: number): number {
  const rows = total(counts);
  return rows === 0 ? 0 : (counts.at(bin) as number) / rows;
}

/** What only numbers have; missing values are left out. */
function ordered(feature: FeatureProfile, live: readonly number[]) {
  if (feature.type !== 'numeric') return { ks: null, wasserstein: null };
  const before = feature.counts.slice(0, -1);
  const now = live.slice(0, -1);
  const distance = feature.sigma > 0 ? wasserstein(before, now, feature.means) : null;
  return { ks: ks(before, now), wasserstein: distance === null ? null : distance / feature.sigma };
}

function shownBins(feature: FeatureProfile, live: readonly number[]): ShownBins {
  const sides = { baseline: [...feature.counts], live: [...live] };
  if (feature.type === 'numeric') return { ...sides, edges: [...feature.edges] };
  if (feature.type !== 'categorical') return sides;
  return { ...sides, categories: [...feature.categories, '__other__', '__new__', '__missing__'] };
}

/** In code points, so that none is cut in two. */
const shortened = (name: string) =>
  name.length <= longestName ? name : [...name.slice(0, 2 * longestName)].slice(0, longestName).join('');
