import { forest } from '../../checks/forest.ts';
import type { Ir } from '../../ir.ts';
import { malformed, refuse, shown } from '../../refusals.ts';
import { capabilityOf } from '../capability.ts';
import type { Values } from '../features.ts';
import { featureCountOf, featuresOf } from './features.ts';
import { outputOf, treesPerIteration } from './objectives.ts';
import { termStore } from './terms.ts';
import { type ModelText, modelText } from './text.ts';
import { readTree } from './trees.ts';

export type LightgbmOptions = {
  values?: Values;
  /** The first so many iterations are used; without it, all. */
  iterations?: number;
};

/** A LightGBM model as `save_model` writes it. */
export function readLightgbm(bytes: Uint8Array, options: LightgbmOptions): Ir {
  const file = modelText(decode(bytes));
  const { header } = file;
  const version = versionOf(header.get('version') ?? '');
  const features = featureCountOf(header);
  const outputs = treesPerIteration(header);
  const grove = forest({ features, outputs, infiniteThresholds: true, largest: Number.MAX_VALUE });
  const terms = termStore(features);
  const most = (options.iterations ?? Number.POSITIVE_INFINITY) * outputs;
  let trees = 0;
  for (const block of file.trees) {
    const at = `Tree=${trees}`;
    if (trees < most) grove.add(readTree(block, grove, terms, at), trees % outputs, at);
    trees++;
  }
  checkEnd(file, trees, outputs);
  const { name, output } = outputOf(header, Math.min(trees, most) / outputs);
  const base = new Float64Array(outputs);
  const core = grove.finish({ compare: 'f64', sum: 'f64', base, baseLast: false }, terms.finish());
  return {
    format: 'lightgbm',
    formatVersion: version,
    algo: 'LightGBM',
    objective: name,
    features: featuresOf(header, file.tail(), options.values),
    encoding: null,
    output,
    core,
    contributions: capabilityOf(output, core),
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The file is not UTF-8 text.');
  }
}

function versionOf(version: string): string {
  if (version === 'v2' || version === 'v3' || version === 'v4') return version;
  throw refuse(
    'unsupported_model',
    `The LightGBM model version ${shown(version)} is not supported.`,
    'Save the model with LightGBM 2.1 to 4.',
    'version',
  );
}

/** A file cut off between two trees would score, but wrongly: the header says how many there are. */
function checkEnd(file: ModelText, trees: number, outputs: number): void {
  const sizes = file.header.get('tree_sizes')?.trim();
  const expected = sizes === undefined ? undefined : sizes === '' ? 0 : sizes.split(' ', trees + 1).length;
  const cut = expected === undefined ? !file.tail().ended : expected !== trees;
  if (cut || trees % outputs !== 0) throw malformed('The file ends before its last tree.', `Tree=${trees}`);
}
