import type { Feature } from '../ir.ts';
import { type Cell, cellOf, type Problem, type Reading } from './cells.ts';

/** Why a value cannot be read; the value itself is never part of it. */
export type RowIssue = { feature: string; problem: Problem };

export type Row = Readonly<Record<string, unknown>>;

type Slot = { name: string; inherited: boolean; read: Cell['read'] };

/**
 * Reads records into rows in the model's order; what is missing is NaN, and so is a level never seen, unless read
 * strictly.
 */
export function rowReader(features: readonly Feature[], compare: 'f32' | 'f64', reading?: Reading) {
  const slots: Slot[] = features.map((feature) => ({
    name: feature.name,
    // A name such as `constructor` is found on every object: only the record's own counts.
    inherited: feature.name in Object.prototype,
    read: cellOf(feature, compare, reading).read,
  }));
  return (record: Row): Float64Array | RowIssue[] => {
    const row = new Float64Array(slots.length);
    let issues: RowIssue[] | null = null;
    for (let column = 0; column < slots.length; column++) {
      const slot = slots[column] as Slot;
      const value = slot.inherited && !Object.hasOwn(record, slot.name) ? undefined : record[slot.name];
      const x = slot.read(value);
      if (typeof x === 'number') row[column] = x;
      else {
        issues ??= [];
        issues.push({ feature: slot.name, problem: x });
      }
    }
    return issues ?? row;
  };
}
