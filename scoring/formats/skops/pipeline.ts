import { caps } from '../../caps.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { checkFeatureCount } from '../features.ts';
import { type Column, checkWidth, type Input } from './columns.ts';
import {
  type Archive,
  attribute,
  classOf,
  entry,
  isKind,
  itemsOf,
  option,
  packageOf,
  scalarOf,
  valuesOf,
} from './nodes.ts';
import { transformers } from './transformers.ts';

/** A step that is a word instead of an object: it lets columns through, or drops them. */
const isWord = (node: unknown) => isKind(node, 'JsonNode');

/** The fitted steps of a pipeline, name and object. */
const stepsOf = (node: unknown): unknown[] =>
  itemsOf(attribute(node, 'steps'), 'steps').map((step) => itemsOf(step, 'steps')[1]);

const partsOf = (node: unknown): unknown[][] =>
  itemsOf(attribute(node, 'transformers_'), 'transformers_').map((part) => itemsOf(part, 'transformers_'));

/** All steps before the estimator in order, and the estimator: pipelines inside of pipelines are one. */
export function unrolled(node: unknown): { steps: unknown[]; estimator: unknown } {
  if (classOf(node) !== 'Pipeline') return { steps: [], estimator: node };
  const steps = stepsOf(node);
  const last = unrolled(steps.pop());
  return { steps: [...steps, ...last.steps], estimator: last.estimator };
}

/** Throws one refusal that names every class which is in no table; nothing is read before. */
export function refuseUnknown(node: unknown, estimators: ReadonlySet<string>): void {
  const unknown = new Set<string>();
  const { steps, estimator } = unrolled(node);
  for (const step of steps) collectUnknown(step, unknown);
  if (!isKnown(estimator, estimators)) unknown.add(nameOf(estimator));
  if (unknown.size === 0) return;
  const names = [...unknown].slice(0, 12).join(', ');
  throw refuse(
    'unsupported_model',
    `The skops file holds what is not supported: ${names}.`,
    "Use scikit-learn's trees, forests, boosting or linear models with plain preprocessing, or register it as external.",
  );
}

function collectUnknown(node: unknown, unknown: Set<string>): void {
  if (isWord(node)) return;
  const name = classOf(node);
  if (name === 'Pipeline') for (const step of stepsOf(node)) collectUnknown(step, unknown);
  else if (name === 'ColumnTransformer') for (const part of partsOf(node)) collectUnknown(part[1], unknown);
  else if (!transformers.has(name) || packageOf(node) !== 'sklearn') unknown.add(nameOf(node));
}

const isKnown = (node: unknown, names: ReadonlySet<string>) =>
  names.has(`${packageOf(node)}.${classOf(node)}`);

/** A class found in a file is shown only if it looks like one. */
function nameOf(node: unknown): string {
  const name = classOf(node);
  return /^\w{1,60}$/.test(name) ? name : 'an object of no known kind';
}

/** Sends columns through one step. */
export function transform(archive: Archive, node: unknown, columns: Column[], inputs: Input[]): Column[] {
  archive.spend(columns.length + 1);
  if (isWord(node)) return wordStep(archive, node, columns);
  const name = classOf(node);
  if (name === 'Pipeline')
    return stepsOf(node).reduce<Column[]>(
      (through, step) => transform(archive, step, through, inputs),
      columns,
    );
  if (name === 'ColumnTransformer') return columnTransformer(archive, node, columns, inputs);
  const step = transformers.get(name);
  if (!step) throw malformed('A step of the pipeline is of an unknown kind.', 'steps');
  return step(archive, node, columns, inputs);
}

function wordStep(archive: Archive, node: unknown, columns: Column[]): Column[] {
  const word = scalarOf(archive, node, 'steps');
  if (word === 'drop') return [];
  if (word === 'passthrough' || word === null) return columns;
  throw malformed('A step of the pipeline is an unknown word.', 'steps');
}

/** Parts by name with the places of their columns; the results stand side by side, in the order of the parts. */
export function columnTransformer(
  archive: Archive,
  node: unknown,
  columns: Column[],
  inputs: Input[],
  through = transform,
): Column[] {
  const weights = attribute(node, 'transformer_weights');
  if (weights !== undefined && (!isWord(weights) || option(archive, node, 'transformer_weights') !== null))
    throw refuse(
      'unsupported_model',
      'A ColumnTransformer with transformer_weights is not supported.',
      'Train the pipeline without weights.',
    );
  const places = attribute(node, '_transformer_to_input_indices');
  const out: Column[] = [];
  for (const [name, step] of partsOf(node)) {
    const key = scalarOf(archive, name, 'transformers_');
    if (typeof key !== 'string')
      throw malformed('A part of a ColumnTransformer has no name.', 'transformers_');
    const own = itemsOf(entry(places, key), '_transformer_to_input_indices').map((index) => {
      const column = columns[Number(scalarOf(archive, index, '_transformer_to_input_indices'))];
      if (!column)
        throw malformed('A ColumnTransformer takes a column that does not exist.', 'transformers_');
      return column;
    });
    if (own.length === 0) continue;
    for (const column of through(archive, step, own, inputs)) out.push(column);
    checkWidth(out);
  }
  return out;
}

/** The features of the model: those of the first step that knows them, by name or as x0, x1, … */
export function inputsOf(archive: Archive, node: unknown): Input[] {
  const first = fitted(node);
  const names = attribute(first, 'feature_names_in_');
  const count = checkFeatureCount(countOf(archive, first, names));
  const texts = names === undefined ? undefined : valuesOf(archive, names, 'feature_names_in_');
  if (texts && texts.length !== count)
    throw malformed('There are more or fewer names than features.', 'feature_names_in_');
  return Array.from({ length: count }, (_, i) => {
    const name = texts ? texts[i] : `x${i}`;
    if (typeof name !== 'string') throw malformed('The name of a feature is no text.', 'feature_names_in_');
    if (name.length > caps.nameLength)
      throw tooLarge('The name of a feature is too long.', 'feature_names_in_');
    return { name, required: false };
  });
}

function countOf(archive: Archive, node: unknown, names: unknown): number {
  const count = option(archive, node, 'n_features_in_') ?? option(archive, node, '_n_features');
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count;
  if (names !== undefined) return valuesOf(archive, names, 'feature_names_in_').length;
  throw malformed('The file does not say how many features the model has.', 'n_features_in_');
}

/** The first object in a pipeline that was fitted on the features themselves. */
function fitted(node: unknown): unknown {
  if (classOf(node) !== 'Pipeline') return node;
  const known = stepsOf(node)
    .filter((step) => !isWord(step))
    .map(fitted);
  return known.find((step) => attribute(step, 'n_features_in_') !== undefined) ?? known.at(-1);
}
