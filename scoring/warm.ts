import { compileKernels } from './kernels/modules.ts';
import { warmImage } from './kernels/warm.gen.ts';
import { bytesOf } from './kernels/webAssembly.ts';
import { load } from './load.ts';

/**
 * Answers once with a tiny model, while a process starts and nobody waits: what a first prediction compiles, of
 * JavaScript and of WebAssembly, is there when the first real one comes.
 */
export function warmUp(): void {
  compileKernels();
  const model = load(bytesOf(warmImage));
  if ('recompile' in model) return;
  const row = model.read({ x: 1 });
  if (row instanceof Float64Array) model.predict(row);
}
