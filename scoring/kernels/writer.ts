import { type Layout, missingCode, otherCode, roles } from '../image/layout.ts';

/** LightGBM's zero, as in the evaluator. */
const nearlyZero = Math.fround(1e-35);

/** The slots of an image: pairs of feature and role, and for categories how many codes their tables have. */
export type Slots = { list: Int32Array; codes: Int32Array };

export type Writer = {
  /** Writes a row to the address. */
  row(columns: Float64Array, address: number): void;
  /** Writes `count` rows of columns from row `first` on, each a stride behind the one before. */
  rows(columns: readonly Float64Array[], first: number, count: number, address: number, stride: number): void;
  /** What a row holds whatever its features are; once for each place where rows are written. */
  prepare(address: number): void;
};

const present = (x: number): boolean => x > nearlyZero || x < -nearlyZero;

const codeIn = (x: number, codes: number): number => {
  if (x >= 0 && x < codes) return x;
  return Number.isNaN(x) ? missingCode : otherCode;
};

/** Slots from the end of the role before to the end of a role are of this role; they read these features. */
function ordered(list: Int32Array) {
  const all = list.length / 2;
  const feature = new Int32Array(all);
  const ends = new Int32Array(Object.keys(roles).length);
  for (let i = 0; i < all; i++) {
    feature[i] = list[i * 2] as number;
    for (let role = list[i * 2 + 1] as number; role < ends.length; role++) ends[role] = i + 1;
  }
  const [left = 0, right = 0, zeroLeft = 0, zeroRight = 0] = ends;
  return { feature, left, right, zeroLeft, zeroRight, all };
}

/** A row into the memory of a kernel: slots of a role stand together, so each loop treats all values alike. */
export function writerOf(layout: Layout, { list, codes }: Slots, memory: ArrayBufferLike): Writer {
  const values = layout.precision === 'f32' ? new Float32Array(memory) : new Float64Array(memory);
  const integers = new Int32Array(memory);
  const { feature, left, right, zeroLeft, zeroRight, all } = ordered(list);
  // The row's first slot is no feature's; places are counted in numbers, places of codes in integers.
  const step = layout.slot / layout.width;
  const valueAt = (address: number) => (address + layout.slot) / layout.width;
  const codeStep = layout.slot / 4;
  const codeAt = (address: number) => (address + layout.slot + layout.code) / 4;

  function lefts(row: Float64Array, at: number): void {
    for (let i = 0; i < left; i++) values[at + i * step] = row[feature[i] as number] as number;
  }

  function rights(row: Float64Array, at: number): void {
    for (let i = left; i < right; i++) {
      const x = row[feature[i] as number] as number;
      values[at + i * step] = Number.isNaN(x) ? Number.POSITIVE_INFINITY : x;
    }
  }

  function zeros(row: Float64Array, at: number, from: number, to: number, missing: number): void {
    for (let i = from; i < to; i++) {
      const x = row[feature[i] as number] as number;
      values[at + i * step] = present(x) ? x : missing;
    }
  }

  function categories(row: Float64Array, at: number): void {
    for (let i = zeroRight; i < all; i++)
      integers[at + i * codeStep] = codeIn(row[feature[i] as number] as number, codes[i] as number);
  }

  function plainColumn(
    column: Float64Array,
    first: number,
    end: number,
    at: number,
    by: number,
    missing: number,
  ) {
    let to = at;
    for (let row = first; row < end; row++) {
      const x = column[row] as number;
      values[to] = Number.isNaN(x) ? missing : x;
      to += by;
    }
  }

  function zeroColumn(
    column: Float64Array,
    first: number,
    end: number,
    at: number,
    by: number,
    missing: number,
  ) {
    let to = at;
    for (let row = first; row < end; row++) {
      const x = column[row] as number;
      values[to] = present(x) ? x : missing;
      to += by;
    }
  }

  function codeColumn(
    column: Float64Array,
    first: number,
    end: number,
    at: number,
    by: number,
    count: number,
  ) {
    let to = at;
    for (let row = first; row < end; row++) {
      integers[to] = codeIn(column[row] as number, count);
      to += by;
    }
  }

  return {
    row(columns, address) {
      const at = valueAt(address);
      lefts(columns, at);
      rights(columns, at);
      zeros(columns, at, right, zeroLeft, Number.NaN);
      zeros(columns, at, zeroLeft, zeroRight, Number.POSITIVE_INFINITY);
      categories(columns, codeAt(address));
    },
    rows(columns, first, count, address, stride) {
      const end = first + count;
      const by = stride / layout.width;
      for (let i = 0; i < zeroRight; i++) {
        const column = columns[feature[i] as number] as Float64Array;
        const isLeft = i < left || (i >= right && i < zeroLeft);
        const missing = isLeft ? Number.NaN : Number.POSITIVE_INFINITY;
        const write = i < right ? plainColumn : zeroColumn;
        write(column, first, end, valueAt(address) + i * step, by, missing);
      }
      for (let i = zeroRight; i < all; i++) {
        const column = columns[feature[i] as number] as Float64Array;
        codeColumn(column, first, end, codeAt(address) + i * codeStep, stride / 4, codes[i] as number);
      }
    },
    prepare(address) {
      values[address / layout.width] = Number.NaN;
      for (let i = zeroRight; i < all; i++) values[valueAt(address) + i * step] = Number.NaN;
    },
  };
}
