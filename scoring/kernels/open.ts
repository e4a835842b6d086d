import { bodyAddress, type Image } from '../image/container.ts';
import { integers } from '../image/decodeTrees.ts';
import { groupBytes, type Layout, layoutOf, rowsAtOnce } from '../image/layout.ts';
import type { Rest } from '../image/predict.ts';
import type { KernelHeader } from '../image/trees.ts';
import { flatEncoder } from './encode.ts';
import { type Kernel, type KernelName, kernelOver } from './modules.ts';
import { memoryOf } from './webAssembly.ts';
import { type Writer, writerOf } from './writer.ts';

/** A kernel with an image in its memory. Addresses and sizes are in bytes. */
export type Opened = {
  kernel: Kernel;
  layout: Layout;
  memory: ArrayBuffer;
  writer: Writer;
  /** Features to the columns that the trees see; null where these are the features. */
  encode: ((row: Float64Array) => Float64Array) | null;
  outputs: number;
  base: Float64Array;
  /** Older XGBoost adds the base after the leaves. */
  baseLast: boolean;
  /** Where the groups of each output begin, and where the last ones end. */
  groups: Float64Array;
  trees: number;
  treesEnd: number;
  /** The row that nodes point at. */
  row: number;
  /** Room for a batch: rows a stride apart, in blocks, and their sums. */
  rows: number;
  stride: number;
  blocks: number;
  sums: number;
};

/** Rows of a batch are written into about this much memory, which the nearest cache of a processor holds. */
const batchBytes = 32 * 1024;

/** Null where this machine has no kernels. */
export function openKernel(image: Image, header: KernelHeader, rest: Rest): Opened | null {
  const layout = layoutOf(header.precision, header.tables);
  const { outputs, row } = header;
  const slots = { list: integers(image, 'slots'), codes: integers(image, 'codes') };
  const stride = (slots.list.length / 2 + 1) * layout.slot;
  const blocks = Math.max(1, Math.floor(batchBytes / (rowsAtOnce * stride)));
  const rows = even(bodyAddress + image.body.length);
  const sums = even(rows + stride * rowsAtOnce * blocks);
  const memory = memoryOf(sums + outputs * rowsAtOnce * layout.width * blocks);
  const kernel = memory && kernelOver(nameOf(header), memory, header.early);
  if (memory === null || kernel === null) return null;
  new Uint8Array(memory.buffer).set(image.body, bodyAddress);
  const writer = writerOf(layout, slots, memory.buffer);
  writer.prepare(row);
  const trees = image.address('trees');
  return {
    kernel,
    layout,
    memory: memory.buffer,
    writer,
    encode: encoderOf(rest, slots.list),
    outputs,
    base: Float64Array.from(image.section('base') as Float64Array),
    baseLast: 'baseLast' in rest.core && rest.core.baseLast,
    groups: groupsOf(integers(image, 'programs'), image.address('groups')),
    trees,
    treesEnd: trees + integers(image, 'trees').byteLength,
    row,
    rows,
    stride,
    blocks,
    sums,
  };
}

const even = (size: number): number => Math.ceil(size / 8) * 8;

const nameOf = ({ precision, tables }: KernelHeader): KernelName =>
  tables ? `${precision}Tables` : precision;

function groupsOf(programs: Int32Array, first: number): Float64Array {
  const starts = new Float64Array(programs.length + 1);
  starts[0] = first;
  programs.forEach((count, output) => {
    starts[output + 1] = (starts[output] as number) + count * groupBytes;
  });
  return starts;
}

function encoderOf({ encoding, core }: Rest, slots: Int32Array): Opened['encode'] {
  if (encoding === null || core.type !== 'trees') return null;
  return flatEncoder(encoding, core.compare, new Set(slots.filter((_, i) => i % 2 === 0)));
}
