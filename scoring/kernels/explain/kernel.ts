import { bodyAddress, type Image } from '../../image/container.ts';
import { integers } from '../../image/decodeTrees.ts';
import { layoutOf } from '../../image/layout.ts';
import { kernels } from '../explain.gen.ts';
import { type Memory, type Module, memoryOf, moduleOf, webAssembly } from '../webAssembly.ts';
import { writerOf } from '../writer.ts';
import { bytes, type ExplainKernel } from './layout.ts';

/** What the kernel exports; addresses in bytes. See contributions.as. */
type Kernel = {
  contributions(
    trees: number,
    end: number,
    row: number,
    masks: number,
    places: number,
    inverses: number,
    cells: number,
  ): void;
};

/** What each pair of an output and a column contributes, in the order of `cells`, to a row of columns. */
export type CellExplainer = (columns: Float64Array, parts: Float64Array) => void;

/** The kernel over an image, or null where this machine cannot run it. */
export function explainKernel(image: Image, { tables, ...sizes }: ExplainKernel): CellExplainer | null {
  const layout = layoutOf('f64', tables);
  // What follows in the image is not for the kernel: its row lies there instead.
  const row = image.address('slots');
  const masks = vector(row + sizes.slots * layout.slot);
  const places = masks + (sizes.splits + 1) * bytes.mask;
  const inverses = places + sizes.places;
  const cells = inverses + sizes.inverses;
  const memory = memoryOf(cells + sizes.cells * bytes.cell);
  const kernel = memory === null ? null : kernelOver(memory);
  if (memory === null || kernel === null) return null;
  new Uint8Array(memory.buffer).set(image.body.subarray(0, row - bodyAddress), bodyAddress);
  const trees = image.address('trees');
  const end = trees + image.section('trees').byteLength;
  const slots = { list: integers(image, 'slots'), codes: integers(image, 'codes') };
  const writer = writerOf(layout, slots, memory.buffer);
  writer.prepare(row);
  const sums = new Float64Array(memory.buffer, cells, sizes.cells * 2);
  return (columns, parts) => {
    writer.row(columns, row);
    sums.fill(0);
    kernel.contributions(trees, end, row, masks, places, inverses, cells);
    for (let cell = 0; cell < sizes.cells; cell++)
      parts[cell] = (sums[cell * 2] as number) + (sums[cell * 2 + 1] as number);
  };
}

const vector = (address: number): number => Math.ceil(address / bytes.vector) * bytes.vector;

let compiled: Module | null = null;

/** Null where there is no WebAssembly, or one without vectors of two numbers. */
function kernelOver(memory: Memory): Kernel | null {
  const api = webAssembly();
  compiled ??= moduleOf(kernels.contributions);
  if (!api || compiled === null) return null;
  return new api.Instance(compiled, { env: { memory, abort() {} } }).exports as Kernel;
}
