import type { Slot } from '../ir.ts';

/**
 * A row of features to the row of columns that the core sees, rounded to its precision. The result is one
 * buffer, written anew for every row.
 */
export function encoder(slots: readonly Slot[], compare: 'f32' | 'f64'): (row: Float64Array) => Float64Array {
  const rounded = compare === 'f32' ? Math.fround : (x: number) => x;
  const columns = slots.map((slot) => columnOf(slot, rounded));
  const encoded = new Float64Array(slots.length);
  return (row) => {
    for (let column = 0; column < columns.length; column++)
      encoded[column] = (columns[column] as Column)(row);
    return encoded;
  };
}

type Column = (row: Float64Array) => number;

function columnOf(slot: Slot, rounded: (x: number) => number): Column {
  if (slot.kind === 'number') return numberColumn(slot, rounded);
  const { feature } = slot;
  const missing = rounded(slot.missing);
  if (slot.kind === 'lookup') {
    const values = slot.values.map(rounded);
    const other = rounded(slot.other);
    return (row) => {
      const code = row[feature] as number;
      return Number.isNaN(code) ? missing : (values[code] ?? other);
    };
  }
  const { code } = slot;
  const hot = rounded(slot.hot);
  const cold = rounded(slot.cold);
  return (row) => {
    const x = row[feature] as number;
    if (x === code) return hot;
    return Number.isNaN(x) ? missing : cold;
  };
}

function numberColumn(slot: Extract<Slot, { kind: 'number' }>, rounded: (x: number) => number): Column {
  const { feature, subtract, multiply, divide, add } = slot;
  const missing = rounded(slot.missing);
  const zero = slot.zero === undefined ? undefined : rounded(slot.zero);
  return (row) => {
    const x = row[feature] as number;
    if (Number.isNaN(x)) return missing;
    if (zero !== undefined && rounded(x) === 0) return zero;
    return rounded(((x - subtract) * multiply) / divide + add);
  };
}

/**
 * Contributions of columns, output by output with the bias last, added up per feature: what each feature did
 * through all of its columns.
 */
export function perFeature(slots: readonly Slot[], features: number) {
  const width = slots.length + 1;
  return (columns: Float64Array, out: Float64Array): void => {
    out.fill(0);
    for (let output = 0; output * width < columns.length; output++) {
      const from = output * width;
      const to = output * (features + 1);
      for (let i = 0; i < slots.length; i++) {
        const feature = (slots[i] as Slot).feature;
        out[to + feature] = (out[to + feature] as number) + (columns[from + i] as number);
      }
      out[to + features] = columns[from + slots.length] as number;
    }
  };
}
