import type { Slot } from '../ir.ts';

/**
 * A row of features to the columns that the trees see, as the evaluator's encoder does it, but as one loop for
 * each kind of column over flat arrays, and only for the columns that are looked at.
 */
export function flatEncoder(encoding: readonly Slot[], compare: 'f32' | 'f64', used: ReadonlySet<number>) {
  const columns = new Float64Array(encoding.length);
  const programs = [numbers, lookups, hots].map((program) => program(encoding, compare, used, columns));
  const active = programs.filter((program) => program !== null);
  return (row: Float64Array): Float64Array => {
    for (let i = 0; i < active.length; i++) (active[i] as Run)(row);
    return columns;
  };
}

type Run = (row: Float64Array) => void;
type Program = (
  encoding: readonly Slot[],
  compare: 'f32' | 'f64',
  used: ReadonlySet<number>,
  columns: Float64Array,
) => Run | null;

type Of<Kind extends Slot['kind']> = { slot: Extract<Slot, { kind: Kind }>; column: number };

function chosen<Kind extends Slot['kind']>(
  kind: Kind,
  encoding: readonly Slot[],
  used: ReadonlySet<number>,
): Of<Kind>[] {
  return encoding.flatMap((slot, column) =>
    slot.kind === kind && used.has(column) ? [{ slot, column } as Of<Kind>] : [],
  );
}

const roundedBy = (compare: 'f32' | 'f64') => (compare === 'f32' ? Math.fround : (x: number) => x);

const numbers: Program = (encoding, compare, used, columns) => {
  const own = chosen('number', encoding, used);
  if (own.length === 0) return null;
  const place = Int32Array.from(own, ({ column }) => column);
  const feature = Int32Array.from(own, ({ slot }) => slot.feature);
  const terms = Float64Array.from(
    own.flatMap(({ slot }) => [slot.subtract, slot.multiply, slot.divide, slot.add]),
  );
  const missing = Float64Array.from(own, ({ slot }) => slot.missing);
  const zeros = Float64Array.from(own, ({ slot }) => slot.zero ?? 0);
  const hasZero = Uint8Array.from(own, ({ slot }) => (slot.zero === undefined ? 0 : 1));
  const rounded = roundedBy(compare);
  const columnOf = (i: number, x: number): number => {
    if (Number.isNaN(x)) return missing[i] as number;
    if (hasZero[i] === 1 && rounded(x) === 0) return zeros[i] as number;
    const t = i * 4;
    const scaled = ((x - (terms[t] as number)) * (terms[t + 1] as number)) / (terms[t + 2] as number);
    return scaled + (terms[t + 3] as number);
  };
  return (row) => {
    for (let i = 0; i < place.length; i++)
      columns[place[i] as number] = rounded(columnOf(i, row[feature[i] as number] as number));
  };
};

const lookups: Program = (encoding, compare, used, columns) => {
  const own = chosen('lookup', encoding, used);
  if (own.length === 0) return null;
  const rounded = roundedBy(compare);
  const place = Int32Array.from(own, ({ column }) => column);
  const feature = Int32Array.from(own, ({ slot }) => slot.feature);
  const values = own.map(({ slot }) => Float64Array.from(slot.values, rounded));
  const other = Float64Array.from(own, ({ slot }) => rounded(slot.other));
  const missing = Float64Array.from(own, ({ slot }) => rounded(slot.missing));
  return (row) => {
    for (let i = 0; i < place.length; i++) {
      const code = row[feature[i] as number] as number;
      const list = values[i] as Float64Array;
      const known = code >= 0 && code < list.length && Number.isInteger(code);
      const value = known ? list[code] : Number.isNaN(code) ? missing[i] : other[i];
      columns[place[i] as number] = value as number;
    }
  };
};

const hots: Program = (encoding, compare, used, columns) => {
  const own = chosen('hot', encoding, used);
  if (own.length === 0) return null;
  const rounded = roundedBy(compare);
  const place = Int32Array.from(own, ({ column }) => column);
  const feature = Int32Array.from(own, ({ slot }) => slot.feature);
  const code = Float64Array.from(own, ({ slot }) => slot.code);
  const hot = Float64Array.from(own, ({ slot }) => rounded(slot.hot));
  const cold = Float64Array.from(own, ({ slot }) => rounded(slot.cold));
  const missing = Float64Array.from(own, ({ slot }) => rounded(slot.missing));
  return (row) => {
    for (let i = 0; i < place.length; i++) {
      const x = row[feature[i] as number] as number;
      const value = x === code[i] ? hot[i] : Number.isNaN(x) ? missing[i] : cold[i];
      columns[place[i] as number] = value as number;
    }
  };
};
