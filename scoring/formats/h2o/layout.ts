import type { Slot } from '../../ir.ts';
import { malformed } from '../../refusals.ts';
import { checkFeatureCount } from '../features.ts';
import type { Header } from './header.ts';
import { flagAt, needCount, numbersAt } from './info.ts';

/**
 * How GLM, DeepLearning and XGBoost lay out a row: categories first, each in columns of its own from `offsets[i]`
 * to `offsets[i + 1]`, then the numbers.
 */
export type Layout = {
  categories: number;
  numbers: number;
  offsets: Float64Array;
  width: number;
  skipped: 0 | 1;
};

export function layoutOf({ info, features }: Header): Layout {
  const categories = needCount(info, 'cats');
  const numbers = needCount(info, 'nums');
  const told = numbersAt(info, 'cat_offsets') ?? new Float64Array(0);
  const offsets = told.length === 0 ? Float64Array.of(0) : told;
  const isAscending = offsets.every(
    (at, i) => at >= (i === 0 ? 0 : (offsets[i - 1] as number)) && Number.isInteger(at),
  );
  if (
    categories + numbers !== features.length ||
    offsets.length !== categories + 1 ||
    !isAscending ||
    offsets[0] !== 0
  )
    throw malformed('The columns of the model are laid out wrongly.', 'cat_offsets');
  if (!features.every(({ levels }, i) => (levels !== undefined) === i < categories))
    throw malformed('The columns with levels are not the first ones.', 'cats');
  const width = checkFeatureCount((offsets[categories] as number) + numbers);
  return { categories, numbers, offsets, width, skipped: flagAt(info, 'use_all_factor_levels') ? 0 : 1 };
}

/** What stands in a column of a level that a row does not have, and how a number becomes a column. */
export type Encoding = { cold: number; number(feature: number, index: number): Slot };

/** One column per level; the last one of each category is that of missing values. */
export function oneHot(header: Header, layout: Layout, { cold, number }: Encoding): Slot[] {
  const slots: Slot[] = [];
  for (let feature = 0; feature < layout.categories; feature++) {
    const levels = header.features[feature]?.levels?.length ?? 0;
    const first = layout.offsets[feature] as number;
    const columns = (layout.offsets[feature + 1] as number) - first;
    // A code beyond the columns would be missing: no level may be.
    if (columns < 1 || levels - layout.skipped > columns)
      throw malformed('A category has more levels than columns.', 'cat_offsets');
    for (let column = 0; column < columns; column++)
      slots.push({
        kind: 'hot',
        feature,
        code: column + layout.skipped,
        hot: 1,
        cold,
        missing: column === columns - 1 ? 1 : cold,
      });
  }
  for (let index = 0; index < layout.numbers; index++) slots.push(number(layout.categories + index, index));
  return slots;
}

/** A number as it is, but for a missing one. */
export const numberSlot = (feature: number, missing: number): Extract<Slot, { kind: 'number' }> => ({
  kind: 'number',
  feature,
  subtract: 0,
  multiply: 1,
  divide: 1,
  add: 0,
  missing,
});
