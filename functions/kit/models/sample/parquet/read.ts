import type { Feature } from '../../../../../scoring/ir.ts';
import { tooMuch, unfit } from '../records.ts';
import type { Numbered, Sample } from '../sample.ts';
import { type Cell, cellReader } from './cells.ts';
import { type Column, type Footer, footerOf } from './footer.ts';
import { charge, fullBudget, pagesOf, type Source } from './pages.ts';
import { unread } from './refusals.ts';

/** Values that are read, of which the rows in between are left out; and that are held at once, as many as a profile. */
const mostRead = 50_000_000;
const mostHeld = 8_000_000;

/** Which rows of a group are taken. */
type Spread = { first: number; stride: number };

/**
 * A Parquet file as a sample: of it the model's own columns are read, group by group. Throws a Problem, here or while
 * rows are taken, on what is damaged, larger than it may be once uncompressed, or of a type that is not read.
 */
export function parquetSample(bytes: Uint8Array, features: readonly Feature[]): Sample {
  const footer = footerOf(bytes);
  return { rows: footer.rows, take: (every) => rowsOf(bytes, footer, features, every) };
}

function* rowsOf(
  bytes: Uint8Array,
  { rows, columns, groups }: Footer,
  features: readonly Feature[],
  every: number,
): Generator<Numbered> {
  const wanted = features.flatMap(({ name }) => columnNamed(name, columns));
  if (rows * wanted.length > mostRead)
    throw tooMuch(`${mostRead} values in the columns that the model reads`);
  const stride = Math.max(every, Math.ceil((rows * wanted.length) / mostHeld));
  const budget = fullBudget();
  let begun = 0;
  for (const { rows: more, chunkOf } of groups) {
    const first = Math.ceil(begun / stride) * stride;
    const source = { rows: more, budget };
    const spread = { first: first - begun, stride };
    const held = wanted.map((column) =>
      cellsOf(bytes, { ...source, column, chunk: chunkOf(column) }, spread),
    );
    for (let i = 0; first + i * stride < begun + more; i++)
      yield {
        row: first + i * stride + 1,
        record: Object.fromEntries(wanted.map(({ name }, c) => [name, held[c]?.[i] ?? null])),
      };
    begun += more;
  }
}

function columnNamed(name: string, columns: Footer['columns']): Column[] {
  const column = columns.get(name);
  if (column === 'twice') throw unfit(`has two columns of the name '${name.slice(0, 128)}'`);
  if (column === 'nested') throw unread(name, 'lists or structs', 'write one value in each row');
  return column ? [column] : [];
}

/** Of a column's rows in one group those that are taken. */
function cellsOf(file: Uint8Array, source: Source, { first, stride }: Spread): Cell[] {
  const read = cellReader(source.column, (bytes) => charge(source.budget, bytes));
  const cells: Cell[] = [];
  let next = first;
  for (const { rows, present, values } of pagesOf(file, source)) {
    const placeOf = present ? places(present) : (row: number) => row;
    for (; next < rows; next += stride)
      cells.push(present?.[next] === 0 ? null : read(values(placeOf(next))));
    next -= rows;
  }
  return cells;
}

/** Where the values of rows are among those that are there, asked row by row. */
function places(present: Uint32Array): (row: number) => number {
  let row = 0;
  let place = 0;
  return (wanted) => {
    for (; row < wanted; row++) place += present[row] as number;
    return place;
  };
}
