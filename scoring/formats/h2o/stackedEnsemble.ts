import type { Directory } from '../../bytes/directory.ts';
import { caps } from '../../caps.ts';
import type { Base, Core, Feature, Ir, Output, Stack } from '../../ir.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import type { Header } from './header.ts';
import { needCount, needWord, wordAt } from './info.ts';
import { cannotExplain, type Part } from './part.ts';

/** Reads a MOJO inside of this one. */
export type ReadInside = (directory: Directory) => { ir: Ir; notes: string[] };

/**
 * Base models and a metalearner, each a MOJO in a folder of its own. Base models that the metalearner does not need
 * may be absent: their inputs are 0. The label is by the metalearner's threshold, not by that of the ensemble.
 */
export function readStackedEnsemble(header: Header, readInside: ReadInside): Part {
  const { info, features } = header;
  if (header.offset !== undefined)
    throw refuse(
      'unsupported_model',
      'H2O stacked ensembles with an offset column are not supported.',
      'Train the ensemble without an offset, or register one of its models.',
      'offset_column',
    );
  const models = modelsIn(header, readInside);
  const meta = models.get(needWord(info, 'metalearner'));
  if (!meta) throw malformed('The metalearner is missing.', 'metalearner');
  const bases = basesOf(header, models);
  const width = bases.reduce((sum, base) => sum + base.width, 0);
  if (meta.features.length !== width || meta.features.some(({ levels }) => levels !== undefined))
    throw malformed('The metalearner has other inputs than its base models give.', 'metalearner');
  const core: Stack = { type: 'stack', compare: 'f64', bases, transform: transformOf(header), meta };
  const output = outputOf(header, meta.output);
  return {
    objective: meta.algo,
    features: withRequired(features, bases),
    encoding: null,
    core,
    output,
    contributions: cannotExplain('StackedEnsemble'),
    notes: [],
  };
}

function modelsIn({ info, directory }: Header, readInside: ReadInside): Map<string, Ir> {
  const count = needCount(info, 'submodel_count');
  if (count > caps.baseModels) throw tooLarge(`The ensemble holds more than ${caps.baseModels} models.`);
  const models = new Map<string, Ir>();
  const folders = new Set<string>();
  let size = 0;
  for (let i = 0; i < count; i++) {
    const key = needWord(info, `submodel_key_${i}`);
    const folder = needWord(info, `submodel_dir_${i}`);
    if (models.has(key) || folders.has(folder))
      throw malformed('A model of the ensemble stands twice.', folder);
    folders.add(folder);
    const { ir } = readInside(directory.under(folder));
    size += sizeOf(ir.core);
    if (size > caps.nodes) throw tooLarge('The models of the ensemble are too large together.');
    models.set(key, ir);
  }
  return models;
}

/** Nodes or numbers: each model keeps within its own cap, and all of them within that of one. */
function sizeOf(core: Core): number {
  switch (core.type) {
    case 'trees':
      return core.feature.length;
    case 'linear':
      return core.weights.length;
    case 'isolation':
      return core.normal.length;
    case 'network':
      return core.layers.reduce((sum, layer) => sum + layer.weights.length, 0);
    default:
      return 0;
  }
}

function basesOf({ info, features, classes }: Header, models: Map<string, Ir>): Base[] {
  const count = needCount(info, 'base_models_num');
  if (count > caps.baseModels) throw tooLarge(`The ensemble holds more than ${caps.baseModels} models.`);
  const columns = new Map(features.map((feature, column) => [feature.name, { feature, column }]));
  const width = classes.length > 2 ? classes.length : 1;
  const answers = classes.length > 2 ? 'all' : classes.length === 2 ? 'p1' : 'value';
  return Array.from({ length: count }, (_, i): Base => {
    const at = `base_model${i}`;
    const key = wordAt(info, at);
    if (key === undefined) return { model: null, columns: new Int32Array(0), answers, width };
    const model = models.get(key);
    if (!model) throw malformed('A base model is missing.', at);
    if (model.output.kind === 'anomaly' || model.output.classes.length !== classes.length)
      throw malformed('A base model has other classes than the ensemble.', at);
    const mapped = Int32Array.from(model.features, (own) => columnOf(own, columns.get(own.name), at));
    return { model, columns: mapped, answers, width };
  });
}

/** A row is read once, so the columns of a base model must be what they are in the ensemble. */
function columnOf(own: Feature, found: { feature: Feature; column: number } | undefined, at: string): number {
  const levels = found?.feature.levels ?? [];
  const isSame =
    found?.feature.kind === own.kind &&
    levels.length === (own.levels ?? []).length &&
    levels.every((level, code) => level === own.levels?.[code]);
  if (found && isSame) return found.column;
  throw malformed('A base model has other columns than the ensemble.', at);
}

/** What one of the base models cannot do without, the ensemble cannot either. */
function withRequired(features: readonly Feature[], bases: readonly Base[]): Feature[] {
  const required = new Set(
    bases.flatMap(({ model }) => model?.features.filter((own) => own.required).map((own) => own.name) ?? []),
  );
  return features.map((feature) => (required.has(feature.name) ? { ...feature, required: true } : feature));
}

function transformOf({ info, classes }: Header): Stack['transform'] {
  const name = wordAt(info, 'metalearner_transform') ?? 'NONE';
  if (name === 'NONE') return 'none';
  if (name === 'Logit') return classes.length > 0 ? 'logit' : 'none';
  throw refuse(
    'unsupported_model',
    `The metalearner transform ${shown(name)} is not supported.`,
    'Train with metalearner_transform="NONE" or "Logit".',
    'metalearner_transform',
  );
}

function outputOf({ classes }: Header, output: Output): Output {
  if (output.classes.length !== classes.length || output.kind === 'anomaly')
    throw malformed('The metalearner has other classes than the ensemble.', 'metalearner');
  return { ...output, classes };
}
