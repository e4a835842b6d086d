import type { Feature } from '../ir.ts';
import { type Cell, cellOf, type Problem, type Reading } from './cells.ts';
import type { RowIssue } from './rows.ts';

/** One column of many rows: NaN, null, an empty text and a negative code of a dictionary are missing. */
export type Column =
  | Float64Array
  | Float32Array
  | Int32Array
  | BigInt64Array
  | { codes: Int32Array; dictionary: readonly string[] }
  | readonly unknown[];

/** By feature name; columns that the model does not know are ignored. */
export type Columns = ReadonlyMap<string, Column>;

/** A list of numbers or codes per feature, in the model's order; it may be the caller's own list. */
export type ColumnsRead = { columns: Float64Array[] } | { issues: RowIssue[] };

/** Reads columns as records are read, value by value the same; one issue per feature. */
export function columnReader(features: readonly Feature[], compare: 'f32' | 'f64', reading?: Reading) {
  const readers = features.map((feature) => ({
    name: feature.name,
    // A number that may be missing says itself what it is.
    plain: feature.kind === 'number' && !feature.required,
    cell: cellOf(feature, compare, reading),
  }));
  return (given: Columns, rows: number): ColumnsRead => {
    const columns: Float64Array[] = [];
    const issues: RowIssue[] = [];
    for (const { name, plain, cell } of readers) {
      const column = given.get(name);
      const read = (plain ? numbersIn(column, rows, compare) : null) ?? readColumn(column, rows, cell);
      if (typeof read === 'string') issues.push({ feature: name, problem: read });
      else columns.push(read);
    }
    return issues.length > 0 ? { issues } : { columns };
  };
}

/** Numbers taken over without asking a cell about each, if all of them are usable; doubles without rounding as they are. */
function numbersIn(column: unknown, rows: number, compare: 'f32' | 'f64'): Float64Array | null {
  const isDouble = column instanceof Float64Array;
  if (!(isDouble || column instanceof Float32Array) || column.length < rows) return null;
  const taken = column.subarray(0, rows);
  const values = taken instanceof Float64Array && compare === 'f64' ? taken : new Float64Array(taken);
  if (isDouble && compare === 'f32')
    for (let i = 0; i < rows; i++) values[i] = Math.fround(values[i] as number);
  return allUsable(values) ? values : null;
}

function allUsable(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY) return false;
  }
  return true;
}

function readColumn(column: unknown, rows: number, cell: Cell): Float64Array | Problem {
  if (column === undefined) return filled(rows, cell, () => Number.NaN);
  if (column instanceof BigInt64Array)
    return column.length < rows
      ? 'wrong_type'
      : filled(
          rows,
          cell,
          remembered(cell, (i) => numberOf(column[i] as bigint)),
        );
  if (isNumbers(column))
    return column.length < rows
      ? 'wrong_type'
      : filled(
          rows,
          cell,
          remembered(cell, (i) => column[i]),
        );
  if (Array.isArray(column))
    return column.length < rows ? 'wrong_type' : filled(rows, cell, (i) => cell.parse(column[i]));
  return isDictionary(column) && column.codes.length >= rows ? decoded(column, rows, cell) : 'wrong_type';
}

const isNumbers = (column: unknown): column is Float64Array | Float32Array | Int32Array =>
  column instanceof Float64Array || column instanceof Float32Array || column instanceof Int32Array;

const isDictionary = (column: unknown): column is { codes: Int32Array; dictionary: readonly string[] } =>
  typeof column === 'object' &&
  column !== null &&
  'codes' in column &&
  column.codes instanceof Int32Array &&
  'dictionary' in column &&
  Array.isArray(column.dictionary);

/** Every entry of the dictionary is looked up once, however many rows have it. */
function decoded(
  { codes, dictionary }: { codes: Int32Array; dictionary: readonly string[] },
  rows: number,
  cell: Cell,
): Float64Array | Problem {
  const entries = dictionary.map((entry) => cell.parse(entry));
  return filled(rows, cell, (i) => {
    const code = codes[i] as number;
    return code < 0 ? Number.NaN : (entries[code] ?? 'wrong_type');
  });
}

/** Looking a number up among levels writes it as a text: once per different number. */
function remembered(cell: Cell, valueAt: (i: number) => unknown) {
  if (!cell.isLevel) return (i: number) => cell.parse(valueAt(i));
  const known = new Map<unknown, number | Problem>();
  return (i: number) => {
    const x = valueAt(i);
    let parsed = known.get(x);
    if (parsed === undefined) {
      parsed = cell.parse(x);
      if (known.size < mostRemembered) known.set(x, parsed);
    }
    return parsed;
  };
}

/** Beyond what a number holds exactly, its digits. */
function numberOf(value: bigint): number | string {
  const x = Number(value);
  return Number.isSafeInteger(x) ? x : String(value);
}

const mostRemembered = 100_000;

function filled(rows: number, cell: Cell, parsedAt: (i: number) => number | Problem): Float64Array | Problem {
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = cell.settle(parsedAt(i));
    if (typeof x !== 'number') return x;
    values[i] = x;
  }
  return values;
}
