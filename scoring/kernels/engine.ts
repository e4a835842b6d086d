import { rowsAtOnce } from '../image/layout.ts';
import type { Engine } from '../model.ts';
import type { Opened } from './open.ts';

/** Scores rows with a kernel, bit for bit as the evaluator does. */
export function kernelEngine(opened: Opened): Engine {
  const { kernel, writer, encode, outputs, base, groups, row } = opened;
  const { first, last } = bases(opened);
  // Only models that get a batch pay for its room.
  let batch: Engine['batch'];
  return {
    margin(features, margins) {
      writer.row(encode === null ? features : encode(features), row);
      for (let output = 0; output < outputs; output++) {
        const from = groups[output] as number;
        const sum = kernel.row(from, groups[output + 1] as number, first(base[output] as number));
        margins[output] = last(sum, base[output] as number);
      }
    },
    batch(columns, rows, margins) {
      batch ??= batchOf(opened);
      batch(columns, rows, margins);
    },
  };
}

/** What a sum begins with, and what becomes of it at the end. */
function bases({ baseLast, layout }: Opened) {
  const rounded = layout.precision === 'f32' ? Math.fround : (x: number) => x;
  return baseLast
    ? { first: () => 0, last: (sum: number, base: number) => rounded(sum + base) }
    : { first: (base: number) => base, last: (sum: number) => sum };
}

/** Many rows: some blocks of them are written, go through one tree after the other, and are read. */
function batchOf(opened: Opened): NonNullable<Engine['batch']> {
  const { kernel, encode, outputs, base, layout, trees, treesEnd, row, rows, stride, blocks } = opened;
  const { first, last } = bases(opened);
  const sums = layout.precision === 'f32' ? new Float32Array(opened.memory) : new Float64Array(opened.memory);
  const sumsAt = opened.sums / layout.width;
  const sumBytes = outputs * rowsAtOnce * layout.width;
  const write = encode === null ? opened.writer.rows : encodedRows(opened, encode);

  function begin(used: number): void {
    for (let block = 0; block < used; block++)
      for (let output = 0; output < outputs; output++) {
        const at = sumsAt + (block * outputs + output) * rowsAtOnce;
        sums.fill(first(base[output] as number), at, at + rowsAtOnce);
      }
  }

  function collect(count: number, from: number, margins: Float64Array): void {
    for (let i = 0; i < count; i++) {
      const block = Math.floor(i / rowsAtOnce);
      const at = sumsAt + block * outputs * rowsAtOnce + (i - block * rowsAtOnce);
      for (let output = 0; output < outputs; output++)
        margins[(from + i) * outputs + output] = last(
          sums[at + output * rowsAtOnce] as number,
          base[output] as number,
        );
    }
  }

  for (let i = 0; i < blocks * rowsAtOnce; i++) opened.writer.prepare(rows + i * stride);

  return (columns, total, margins) => {
    for (let from = 0; from < total; from += blocks * rowsAtOnce) {
      const count = Math.min(blocks * rowsAtOnce, total - from);
      const used = Math.ceil(count / rowsAtOnce);
      write(columns, from, count, rows, stride);
      begin(used);
      kernel.rows(trees, treesEnd, rows - row, stride, used, opened.sums, sumBytes);
      collect(count, from, margins);
    }
  };
}

/** The same for models that see other columns than their features: row by row. */
function encodedRows({ writer }: Opened, encode: NonNullable<Opened['encode']>): Opened['writer']['rows'] {
  return (columns, first, count, address, stride) => {
    const features = new Float64Array(columns.length);
    for (let i = 0; i < count; i++) {
      for (let f = 0; f < features.length; f++)
        features[f] = (columns[f] as Float64Array)[first + i] as number;
      writer.row(encode(features), address + i * stride);
    }
  };
}
