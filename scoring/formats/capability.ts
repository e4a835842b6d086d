import { caps } from '../caps.ts';
import { explanationWork } from '../evaluate/treeshap.ts';
import type { Capability, Core, Output, Trees } from '../ir.ts';

const no = (kind: string): Capability => ({ available: false, kind });

const kinds = {
  network: 'neural network',
  isolation: 'isolation forest',
  stack: 'stacked',
  graph: 'ONNX',
} as const;

/** Whether a model can explain itself, and if not, what kind it is. */
export function capabilityOf(output: Output, core: Core): Capability {
  if (output.kind === 'multinomial') return no('multiclass');
  if (output.targets > 1) return no('multi-output');
  if (core.type === 'linear') return { available: true };
  if (core.type !== 'trees') return no(kinds[core.type]);
  if (core.combine !== undefined) return no('extreme tree');
  if (core.terms !== null) return no('linear tree');
  if (!hasCovers(core)) return no('coverless tree');
  return explanationWork(core) > caps.explanationWork ? no('very large tree') : { available: true };
}

/** Contributions weigh what a row did not do by how many training rows did it. */
function hasCovers(trees: Trees): boolean {
  return trees.root.every((root) => (trees.feature[root] as number) < 0 || (trees.cover[root] as number) > 0);
}
