import type { Slot } from '../../ir.ts';
import { malformed } from '../../refusals.ts';
import type { Header } from './header.ts';
import { flagAt, needNumbers } from './info.ts';
import { type Layout, numberSlot } from './layout.ts';

type Columns = { slots: Slot[]; weights: Float64Array };

/**
 * The columns of a linear model and their weights, by column, then output. With one output a category is one
 * column, its level's coefficient looked up; with several it is a column per level.
 */
export function columnsOf(header: Header, layout: Layout, beta: Float64Array, outputs: number): Columns {
  const { categories, numbers, width } = layout;
  const imputed = flagAt(header.info, 'mean_imputation');
  const modes = imputed ? needNumbers(header.info, 'cat_modes', categories) : undefined;
  const means = imputed ? needNumbers(header.info, 'num_means', numbers) : undefined;
  if (modes && !modes.every((mode) => Number.isInteger(mode) && mode >= 0))
    throw malformed('The most frequent level of a category is none.', 'cat_modes');
  const slots: Slot[] = [];
  const weights: number[] = [];
  const add = (slot: Slot, column: number) => {
    slots.push(slot);
    for (let output = 0; output < outputs; output++)
      weights.push(beta[output * (width + 1) + column] as number);
  };
  for (let feature = 0; feature < categories; feature++) {
    const mode = modes?.[feature] ?? Number.NaN;
    if (outputs > 1) addLevels(layout, feature, mode, add);
    else {
      slots.push(lookup(header, layout, feature, mode, beta));
      weights.push(1);
    }
  }
  const first = layout.offsets[categories] as number;
  for (let i = 0; i < numbers; i++) add(numberSlot(categories + i, means?.[i] ?? Number.NaN), first + i);
  return { slots, weights: Float64Array.from(weights) };
}

/** A level beyond the coefficients, or the first one where it is the reference, adds nothing. */
function lookup(header: Header, layout: Layout, feature: number, mode: number, beta: Float64Array): Slot {
  const levels = header.features[feature]?.levels?.length ?? 0;
  const first = layout.offsets[feature] as number;
  const end = layout.offsets[feature + 1] as number;
  const values = Array.from({ length: levels }, (_, code) => {
    const column = first + code - layout.skipped;
    return column >= first && column < end ? (beta[column] as number) : 0;
  });
  const missing = Number.isNaN(mode) ? Number.NaN : (values[mode] ?? 0);
  return { kind: 'lookup', feature, values, other: 0, missing };
}

function addLevels(
  layout: Layout,
  feature: number,
  mode: number,
  add: (slot: Slot, column: number) => void,
): void {
  const first = layout.offsets[feature] as number;
  const end = layout.offsets[feature + 1] as number;
  for (let column = first; column < end; column++) {
    const code = column - first + layout.skipped;
    const missing = Number.isNaN(mode) ? Number.NaN : mode === code ? 1 : 0;
    add({ kind: 'hot', feature, code, hot: 1, cold: 0, missing }, column);
  }
}
