import { caps } from '../../caps.ts';
import type { Terms } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import { type Block, numbersIn } from './text.ts';

export type TermStore = ReturnType<typeof termStore>;

/** Leaves of linear trees: a constant, and a coefficient per feature. */
export function termStore(features: number) {
  const start = [0];
  const constant: number[] = [];
  const feature: number[] = [];
  const coefficient: number[] = [];

  /** Each leaf's place among all linear leaves goes into its slot. */
  function add(block: Block, leaves: number, slots: Int32Array, at: string): void {
    const constants = numbersIn(block, 'leaf_const', leaves, at);
    const counts = numbersIn(block, 'num_features', leaves, at);
    const total = totalOf(counts, at);
    if (feature.length + total > caps.terms)
      throw tooLarge('The linear leaves of the model are too large.', at);
    for (const column of listIn(block, 'leaf_features', total, at))
      feature.push(columnOf(column, features, at));
    for (const factor of listIn(block, 'leaf_coeff', total, at)) coefficient.push(finite(factor, at));
    for (let leaf = 0; leaf < leaves; leaf++) {
      slots[leaf] = constant.length;
      constant.push(finite(constants[leaf] as number, at));
      start.push((start.at(-1) as number) + (counts[leaf] as number));
    }
  }

  function finish(): Terms | null {
    if (constant.length === 0) return null;
    return {
      start: Int32Array.from(start),
      constant: Float64Array.from(constant),
      feature: Int32Array.from(feature),
      coefficient: Float64Array.from(coefficient),
    };
  }
  return { add, finish };
}

function totalOf(counts: Float64Array, at: string): number {
  let total = 0;
  for (const count of counts) {
    if (!(Number.isInteger(count) && count >= 0))
      throw malformed('A linear leaf has no number of features.', at);
    total += count;
  }
  return total;
}

/**
 * LightGBM separates the lists of two leaves by a second space, and writes nothing for a leaf without
 * features.
 */
function listIn(block: Block, key: string, count: number, at: string): Float64Array {
  const line = (block.get(key) ?? '').replace(/ {2,}/g, ' ');
  return numbersIn(new Map([[key, line]]), key, count, at);
}

function columnOf(column: number, features: number, at: string): number {
  if (Number.isInteger(column) && column >= 0 && column < features) return column;
  throw malformed('A linear leaf uses a feature that the model does not have.', at);
}

function finite(value: number, at: string): number {
  if (Number.isFinite(value)) return value;
  throw malformed('A linear leaf holds something that is no finite number.', at);
}
