import { kernels } from './predict.gen.ts';
import { type Memory, type Module, moduleOf, webAssembly } from './webAssembly.ts';

export type KernelName = keyof typeof kernels;

type Row = (group: number, end: number, sum: number) => number;
type Rows = (
  tree: number,
  end: number,
  moved: number,
  stride: number,
  blocks: number,
  sums: number,
  sumBytes: number,
) => void;

/** What a kernel exports; addresses and sizes in bytes. See wat.ts. */
export type Kernel = { row: Row; rows: Rows };
type Exports = Kernel & { rowEarly?: Row; rowsEarly?: Rows };

/** Which functions stop early: where there are none, the others give the same sums later. */
export type Early = { row: boolean; rows: boolean };

const compiled = new Map<KernelName, Module>();

function moduleNamed(name: KernelName): Module | null {
  const module = compiled.get(name) ?? moduleOf(kernels[name]);
  if (module) compiled.set(name, module);
  return module;
}

/** Compiles every kernel, before any is asked for. */
export function compileKernels(): void {
  for (const name of Object.keys(kernels)) moduleNamed(name as KernelName);
}

/**
 * A kernel over a memory of its own, or null where this machine does not run it. Its code is compiled once in a
 * process, in less than a millisecond.
 */
export function kernelOver(name: KernelName, memory: Memory, early: Early): Kernel | null {
  const api = webAssembly();
  const module = moduleNamed(name);
  if (!api || !module) return null;
  const exported = new api.Instance(module, { env: { memory } }).exports as Exports;
  return {
    row: (early.row && exported.rowEarly) || exported.row,
    rows: (early.rows && exported.rowsEarly) || exported.rows,
  };
}
