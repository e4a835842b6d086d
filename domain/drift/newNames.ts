import { binner } from './bin.ts';
import type { CategoricalProfile, Profile, Raw } from './profile.ts';
import { nameOf } from './values.ts';
import type { WindowCounts } from './window.ts';

const mostNames = 10;
/** Characters of all names together: what is stored of a result has to fit into one item. */
const mostText = 20_000;

/** Where a part of a profile counts the values that the baseline lacks. */
const unseenBin = ({ categories }: CategoricalProfile) => categories.length + 1;

const categories = (profile: Profile) =>
  profile.features.flatMap((feature, part) => (feature.type === 'categorical' ? [{ feature, part }] : []));

/** Whether a window holds values that the baseline lacks. */
export const hasNew = (profile: Profile, live: WindowCounts): boolean =>
  categories(profile).some(({ feature, part }) => (live.counts[part]?.[unseenBin(feature)] ?? 0) > 0);

/** The names of such values in some records, by feature: the first ten that are found of each. */
export function newNames(profile: Profile, records: Iterable<Raw>): Map<string, string[]> {
  const bins = binner(profile);
  const names = new Map<string, Set<string>>();
  let left = mostText;
  for (const record of records) {
    const row = bins(record, { prediction: '' });
    for (const { feature, part } of categories(profile)) {
      if (row[part] !== unseenBin(feature)) continue;
      const name = nameOf(feature.reads, record[feature.name]) ?? '';
      const known = names.get(feature.name) ?? new Set();
      if (known.has(name) || known.size >= mostNames || name.length > left) continue;
      names.set(feature.name, known.add(name));
      left -= name.length;
    }
  }
  return new Map([...names].map(([feature, found]) => [feature, [...found]]));
}
